// What a refusal of Postgres lacks: its message and the statement in, what an administrator has to run out.

/**
 * @param message `permission denied for schema derived`, `must be owner of table sessions`
 * @param who the user or role of the session
 * @returns undefined where it is about something else than tables, schemas and databases
 */
export function missingPrivilegeHint(message: string, sql: string, who: string): string | undefined {
  const [, owned, kind = '', name = ''] =
    /^(must be owner of|permission denied for) (table|view|relation|schema|database) (\S+)$/.exec(message) ??
    []
  if (owned === undefined) return undefined
  const place = kind === 'schema' || kind === 'database' ? `${kind} ${name}` : inSchema(name, sql)
  if (owned.startsWith('must')) {
    const what = kind === 'relation' ? `table ${place}` : place.includes(' ') ? place : `${kind} ${place}`
    return `Let an administrator run: alter ${what} owner to ${who}. Or: grant the role that owns it to ${who}.`
  }
  return `Let an administrator run: grant ${privileges(kind, place, sql)} on ${place} to ${who}.`
}

function privileges(kind: string, place: string, sql: string): string {
  if (kind === 'database') return 'create'
  if (kind === 'schema') return /^\s*create\b/i.test(sql) ? 'usage, create' : 'usage'
  const target = /^\s*(?:insert into|update|delete from|lock table)\s+(\S+)/i.exec(sql)?.[1]
  return target?.toLowerCase() === place ? 'select, insert, update, delete' : 'select'
}

/** The message has a table's name alone; the statement says in which schema it stands. */
const inSchema = (name: string, sql: string): string =>
  new RegExp(`\\b\\w+\\.${name.replaceAll(/\W/g, '\\$&')}(?!\\w)`, 'i').exec(sql)?.[0].toLowerCase() ?? name
