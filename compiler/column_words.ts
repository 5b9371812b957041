// models/columns.yml: what a column of the standard model holds, said once for every table that has it. What a table says of
// its own column wins.

import * as z from 'zod'
import type { Column } from './model_config.js'
import type { ModuleDefinition } from './module.js'
import { ownValue } from './records.js'

export const columnWordsSchema = z.record(z.string(), z.string())
/** Descriptions by the name of a column. */
export type ColumnWords = Readonly<z.infer<typeof columnWordsSchema>>

export function describeColumns<C extends Column>(columns: readonly C[], words: ColumnWords): C[] {
  return columns.map(column => {
    const description = column.description ?? ownValue(words, column.name)
    return description === undefined ? column : { ...column, description }
  })
}

/** The tables of a standard module with every column described. */
export const withColumnWords = (definition: ModuleDefinition, words: ColumnWords): ModuleDefinition => ({
  ...definition,
  tables: Object.fromEntries(
    Object.entries(definition.tables).map(([name, table]) => [
      name,
      { ...table, columns: describeColumns(table.columns, words) },
    ]),
  ),
})
