// Names of tables and the rules that every identifier from configuration has to pass before it reaches SQL.

export interface Relation {
  readonly schema: string
  readonly name: string
}

/** As it stands in SQL. Identifiers have passed `identifierFault`, so none needs quotes. */
export const sqlName = (relation: Relation): string => `${relation.schema}.${relation.name}`

const identifier = /^[A-Za-z_][A-Za-z0-9_$]*$/
/** Postgres cuts longer names off in silence; two of them could then meet. */
export const maxIdentifierBytes = 63

/** What is wrong with an identifier, in words that follow its name ("is 70 bytes long ..."), or undefined. */
export function identifierFault(name: string): string | undefined {
  if (!identifier.test(name)) return 'must match [A-Za-z_][A-Za-z0-9_$]*'
  if (name === '__proto__') return 'is a name that nothing can have'
  if (name.length > maxIdentifierBytes)
    return `is ${name.length} bytes long, Postgres allows ${maxIdentifierBytes}`
  return undefined
}
