// What Redshift is asked about a session. It shows tables and columns only to those who have some privilege on them.

import type { Access } from '../access.js'
import { privilegeQueries } from '../has_privilege.js'
import { columnNames } from '../information_schema.js'

export const redshiftAccess: Access = {
  session:
    'select version() as server, quote_ident(current_database()) as db, quote_ident(current_user) as grantee',
  ...privilegeQueries,
  columns: relation => columnNames(relation, name => name.toLowerCase()),
}
