// Exits 0 when the server at the URL lets us create databases.
import pg from 'pg'

const client = new pg.Client({ connectionString: process.argv[2], connectionTimeoutMillis: 3000 })
await client.connect()
const { rows } = await client.query('select rolcreatedb or rolsuper as able from pg_roles where rolname = current_user')
await client.end()
process.exit(rows[0]?.able ? 0 : 1)
