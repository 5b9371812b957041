// The permissions of warehouses that can be asked for them by has_schema_privilege and has_database_privilege.

import type { Access, Permission } from './access.js'

export const privilegeQueries: Pick<Access, 'createSchemas' | 'createTables' | 'useSchema'> = {
  createSchemas: database =>
    asked('has_database_privilege(current_database(), $)', ['create'], `database ${database}`),
  createTables: schema => ofSchema(schema, ['usage', 'create']),
  useSchema: schema => ofSchema(schema, ['usage']),
}

/** Names are given as texts there, which are not folded as names without quotes are. */
const ofSchema = (schema: string, privileges: readonly string[]): Permission =>
  asked(`has_schema_privilege('${schema.toLowerCase()}', $)`, privileges, `schema ${schema}`)

/** All of them: a list of privileges in one call would ask for any. */
const asked = (call: string, privileges: readonly string[], on: string): Permission => ({
  statements: [`select ${privileges.map(privilege => call.replace('$', `'${privilege}'`)).join(' and ')}`],
  undo: [],
  privilege: `${privileges.join(', ')} on ${on}`,
})
