// Seeds: CSV files of a project that become tables. A seed whose name is that of a public table which nobody in the
// project makes fills that table; any other becomes a table of its own, its types read off its values.

import { parse } from 'csv-parse/sync'
import type { Dialect } from '../adapters/dialect.js'
import type { Table } from './catalog.js'
import { fail } from './diagnostics.js'
import type { TypedColumn } from './model_config.js'
import { identifierFault, sqlName } from './relation.js'
import type { SourceFile } from './source_file.js'
import { type Batch, inOrder } from './statement.js'

export interface SeedRows {
  readonly columns: readonly string[]
  /** Every value as its text; an empty field without quotes is NULL. */
  readonly rows: readonly (readonly (string | null)[])[]
}

/** @throws Faults `bad-seed`: no header, rows of unequal length, names that are no identifiers */
export function readSeed(file: SourceFile): SeedRows {
  const at = { file: file.path, line: 1, column: 1, length: 1 }
  let records: readonly (readonly (string | null)[])[]
  try {
    records = parse(file.text, {
      cast: (value, { quoting }) => (value === '' && !quoting ? null : value),
      skip_empty_lines: true,
    })
  } catch (cause) {
    fail('bad-seed', `${file.path} is no CSV file`, { at, cause: (cause as Error).message })
  }
  const [header, ...rows] = records
  if (!header) fail('bad-seed', `${file.path} is empty`, { at, hint: 'Its first line names the columns.' })
  const columns = header.map(name => name ?? '')
  for (const column of columns) {
    const fault = identifierFault(column)
    if (fault) fail('bad-seed', `the column name '${column.slice(0, 60)}' ${fault}`, { at })
  }
  return { columns, rows }
}

/** The statements before the rows of a seed are loaded. */
export function seedBatches(
  dialect: Dialect,
  table: Table,
  columnTypes: Readonly<Record<string, string>>,
  seed: SeedRows,
): readonly Batch[] {
  const columns = seedColumns(table, columnTypes, seed)
  const [create = '', ...indexes] = dialect.createTable({
    relation: table.relation,
    columns,
    storage: 'durable',
    lookups: [],
  })
  return [
    inOrder(
      { purpose: `the schema of ${table.name}`, sql: dialect.createSchema(table.relation.schema) },
      { purpose: `the table ${table.name}, where it is missing`, sql: create },
      ...indexes.map(sql => ({ purpose: `index ${table.name}`, sql })),
    ),
  ]
}

/** Takes the rows of the last load away, in the transaction of the new one. */
export const emptySeed = (table: Table): string => `delete from ${sqlName(table.relation)}`

function seedColumns(
  table: Table,
  columnTypes: Readonly<Record<string, string>>,
  seed: SeedRows,
): readonly TypedColumn[] {
  const declared = table.columns.filter((column): column is TypedColumn => column.type !== undefined)
  if (declared.length > 0) return declared
  return seed.columns.map((name, index) => ({
    name,
    type: columnTypes[name] ?? inferType(seed.rows.map(row => row[index] ?? null)),
  }))
}

const shapes: readonly (readonly [type: string, fits: (value: string) => boolean])[] = [
  ['integer', value => /^-?(0|[1-9]\d*)$/.test(value) && Math.abs(Number(value)) < 2 ** 31],
  ['bigint', value => /^-?(0|[1-9]\d{0,17})$/.test(value)],
  ['double precision', value => /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(value)],
  ['boolean', value => /^(true|false)$/i.test(value)],
  ['timestamp', value => /^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?$/.test(value)],
]

/** The narrowest type that every value fits; text where none does, or where there is no value. */
function inferType(values: readonly (string | null)[]): string {
  const present = values.filter(value => value !== null)
  if (present.length === 0) return 'varchar(65535)'
  return shapes.find(([, fits]) => present.every(fits))?.[0] ?? 'varchar(65535)'
}
