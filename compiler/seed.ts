// Seeds: CSV files of a project that become tables. A seed whose name is that of a public table which nobody in the
// project makes fills that table; any other becomes a table of its own, its types read off its values.

import { type Dialect, noLayout } from '../adapters/dialect.js'
import type { Table } from './catalog.js'
import { type CsvRecord, csvHint, csvRecords, mostRagged } from './csv_records.js'
import { type Diagnostic, error, Faults, fail, type Place } from './diagnostics.js'
import type { TypedColumn } from './model_config.js'
import { nearest } from './nearest.js'
import { ownValue } from './records.js'
import { identifierFault, sqlName } from './relation.js'
import type { SourceFile } from './source_file.js'
import { type Batch, inOrder } from './statement.js'
import { makeTable } from './table_statements.js'

export interface SeedRows {
  readonly columns: readonly string[]
  /** Every value as its text; an empty field without quotes is NULL. */
  readonly rows: readonly (readonly (string | null)[])[]
}

/** @throws Faults `bad-seed`: no CSV, no header, rows of unequal length, columns that cannot be those of `table` */
export function readSeed(
  file: SourceFile,
  table: Table,
  columnTypes: Readonly<Record<string, string>>,
): SeedRows {
  const [header, ...records] = readRecords(file)
  if (!header)
    fail('bad-seed', `${file.path} is empty`, {
      at: lineOf(file, 1),
      hint: 'Its first line names the columns.',
    })
  const columns = header.values.map(name => name ?? '')
  if (columns.length > mostColumns)
    fail('bad-seed', `${file.path} has ${columns.length} columns, and a table takes ${mostColumns}`, {
      at: lineOf(file, 1),
      hint: 'Leave out what no model reads.',
    })
  const faults = [...columnFaults(file, columns, table), ...typeFaults(file, columns, columnTypes)]
  const ragged = records.filter(record => record.values.length !== columns.length)
  const [first] = ragged
  if (first) {
    const more =
      ragged.length > 1
        ? `, and so on ${ragged.length > mostRagged ? `at least ${mostRagged}` : ragged.length - 1} more times`
        : ''
    const message = `this row has ${count(first.values.length, 'value')}, the header ${count(columns.length, 'column')}${more}`
    const hint = 'A value with a comma in it stands in quotes: "a,b".'
    faults.push(error('bad-seed', message, { at: lineOf(file, first.line), hint }))
  }
  if (faults.length > 0) throw new Faults(faults)
  return { columns, rows: records.map(record => record.values) }
}

/** Of a table on Postgres and on Redshift. */
const mostColumns = 1600

/** What a file held when it was read last: every adapter asks for it, and both sides of a comparison. */
const known = new Map<string, { readonly text: string; readonly records: readonly CsvRecord[] }>()

function readRecords(file: SourceFile): readonly CsvRecord[] {
  const last = known.get(file.path)
  if (last?.text === file.text) return last.records
  const { records, broken } = csvRecords(file.text)
  if (broken)
    fail('bad-seed', `${file.path} is no CSV from this line on`, {
      at: lineOf(file, broken.line),
      cause: broken.cause,
      hint: csvHint,
    })
  known.set(file.path, { text: file.text, records })
  return records
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`

function lineOf(file: SourceFile, line: number): Place {
  const length = file.text.split('\n', line)[line - 1]?.length ?? 0
  return { file: file.path, line, column: 1, length: Math.max(1, length) }
}

function columnFaults(file: SourceFile, columns: readonly string[], table: Table): readonly Diagnostic[] {
  const at = lineOf(file, 1)
  const known = table.columns.map(column => column.name)
  const seen = new Set<string>()
  return columns.flatMap((name, index): readonly Diagnostic[] => {
    const fault = identifierFault(name)
    if (name === '') return [error('bad-seed', `column ${index + 1} has no name`, { at })]
    if (fault)
      return [
        error('bad-seed', `the column name '${name.slice(0, 60)}' ${fault}`, { at, hint: 'Rename it.' }),
      ]
    if (seen.has(name.toLowerCase()))
      return [error('bad-seed', `two columns are called '${name}'`, { at, hint: 'Rename one of them.' })]
    seen.add(name.toLowerCase())
    if (known.length === 0 || known.includes(name)) return []
    const hint =
      nearest(name, known).hint ?? `Its columns are those of the table that it fills, ${table.name}.`
    return [error('bad-seed', `the table ${table.name} has no column '${name}'`, { at, hint })]
  })
}

const typeFaults = (
  file: SourceFile,
  columns: readonly string[],
  columnTypes: Readonly<Record<string, string>>,
): readonly Diagnostic[] =>
  Object.keys(columnTypes)
    .filter(name => !columns.includes(name))
    .map(name =>
      error('bad-seed', `column_types in seshat.yml names '${name}', which is no column of ${file.path}`, {
        at: lineOf(file, 1),
        ...nearest(name, columns),
      }),
    )

/** The statements before the rows of a seed are loaded. */
export function seedBatches(
  dialect: Dialect,
  table: Table,
  columnTypes: Readonly<Record<string, string>>,
  seed: SeedRows,
): readonly Batch[] {
  const columns = seedColumns(table, columnTypes, seed)
  return [
    inOrder(
      makeTable(dialect, `the table ${table.name}, where it is missing`, {
        relation: table.relation,
        columns,
        storage: 'durable',
        layout: noLayout,
      }),
    ),
  ]
}

/** Takes the rows of the last load away, in the transaction of the new one. */
export const emptySeed = (table: Table): string => `delete from ${sqlName(table.relation)}`

/** The columns of a seed's table: declared, or read off the values. */
export function seedColumns(
  table: Table,
  columnTypes: Readonly<Record<string, string>>,
  seed: SeedRows,
): readonly TypedColumn[] {
  const declared = table.columns.filter((column): column is TypedColumn => column.type !== undefined)
  if (declared.length > 0) return declared
  return seed.columns.map((name, index) => ({
    name,
    type: ownValue(columnTypes, name) ?? inferType(seed.rows.map(row => row[index] ?? null)),
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
export function inferType(values: readonly (string | null)[]): string {
  const present = values.filter(value => value !== null)
  if (present.length === 0) return 'varchar(65535)'
  return shapes.find(([, fits]) => present.every(fits))?.[0] ?? 'varchar(65535)'
}
