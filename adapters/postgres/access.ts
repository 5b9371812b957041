// What Postgres is asked about a session, on a server and embedded.

import { sqlName } from '../../compiler/relation.js'
import type { Access } from '../access.js'
import { privilegeQueries } from '../has_privilege.js'

export const postgresAccess: Access = {
  session:
    "select 'PostgreSQL ' || current_setting('server_version') as server, quote_ident(current_database()) as db, quote_ident(current_user) as grantee",
  ...privilegeQueries,
  columns: relation => `select a.attname as name
from pg_attribute as a
where a.attrelid = to_regclass('${sqlName(relation)}') and a.attnum > 0 and not a.attisdropped`,
}
