// Names of schemas and tables -> one query for those that are there, for catalogs with a row per schema and a row per table.

export interface CatalogQueries {
  /** Selects the name of each schema as `name`; a condition on `schemaName` follows. */
  readonly schemas: string
  readonly schemaName: string
  /** Selects the name of each table with its schema as `name`; a condition on the two columns follows. */
  readonly tables: string
  readonly tableSchema: string
  readonly tableName: string
}

/**
 * @param names of schemas, and of tables with their schema
 * @param fold a name as the catalog holds it
 */
export function thoseThere(
  names: readonly string[],
  fold: (name: string) => string,
  queries: CatalogQueries,
): string {
  // A line each: whoever reads what has changed sees the names that have come or gone.
  const list = (entries: readonly string[]): string =>
    `(\n${entries.map(name => `        '${fold(name)}'`).join(',\n')}\n    )`
  const schemas = names.filter(name => !name.includes('.'))
  const tables = new Map<string, string[]>()
  for (const name of names) {
    const [schema = '', table] = name.split('.')
    if (table === undefined) continue
    const found = tables.get(schema)
    if (found) found.push(table)
    else tables.set(schema, [table])
  }
  const isOne = [...tables].map(
    ([schema, found]) =>
      `(${queries.tableSchema} = '${fold(schema)}' and ${queries.tableName} in ${list(found)})`,
  )
  return [
    ...(schemas.length > 0 ? [`${queries.schemas}\nwhere ${queries.schemaName} in ${list(schemas)}`] : []),
    ...(isOne.length > 0 ? [`${queries.tables}\nwhere ${isOne.join('\nor ')}`] : []),
  ].join('\n\nunion all\n\n')
}
