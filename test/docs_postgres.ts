// The server of SESHAT_TEST_POSTGRES -> an empty database on it for one page of the documentation, and the variables that
// lead psql and profiles there. Roles that a page makes belong to the whole server, so they are dropped with it.

import { connectPostgres } from '../adapters/postgres/driver.js'

export interface PagePostgres {
  readonly environment: Readonly<Record<string, string>>
  drop(): Promise<void>
}

/** @returns nothing where no server is named */
export async function emptyPostgres(): Promise<PagePostgres | undefined> {
  const url = process.env['SESHAT_TEST_POSTGRES']
  if (!url) return undefined
  const { hostname: host, port, username, password, pathname } = new URL(url)
  const user = decodeURIComponent(username || 'postgres')
  const server = { host, port: Number(port || 5432), user, ...(password ? { password } : {}) }
  const asAdmin = async (...statements: readonly string[]): Promise<void> => {
    const driver = await connectPostgres(
      { ...server, database: pathname.slice(1) || 'postgres' },
      'seshat tests',
    )
    try {
      for (const sql of statements) await driver.execute(sql)
    } finally {
      await driver.close()
    }
  }
  const name = `seshat_docs_${process.pid}`
  const role = `${name}_role`
  await asAdmin(`create database ${name}`)
  return {
    environment: {
      PGHOST: host,
      PGPORT: String(server.port),
      PGUSER: user,
      PGDATABASE: name,
      ...(password ? { PGPASSWORD: password } : {}),
      SESHAT_ROLE: role,
    },
    drop: () => asAdmin(`drop database ${name} with (force)`, `drop role if exists ${role}`),
  }
}
