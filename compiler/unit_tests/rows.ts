// The rows of a unit test as they are written, YAML or CSV -> texts of values by column, each with its place. What type a
// column has, and whether a text is one of it, the database says.

import { type CsvRecord, csvHint, csvRecords } from '../csv_records.js'
import { type Diagnostic, error, Faults, fail, type Place } from '../diagnostics.js'
import { nearest } from '../nearest.js'
import { baseName, placeAt, readFolder, type SourceFile } from '../source_file.js'
import { writeFault } from '../written_select.js'
import type { YamlFile, YamlPath } from '../yaml_file.js'
import type { RowsDefinition } from './schema.js'

interface Cell {
  /** Null is NULL. */
  readonly text: string | null
  readonly at: Place
}

export interface Rows {
  /** In the order in which they are first named; with a type where a select has given them. */
  readonly columns: readonly { readonly name: string; readonly type?: string; readonly at: Place }[]
  /** A cell for each column. */
  readonly rows: readonly (readonly Cell[])[]
  readonly at: Place
}

/** Rows that a select gives, which only the database can tell. */
export interface SelectedRows {
  readonly select: string
  readonly at: Place
  /** The line of an offset in the select. */
  placeOf(offset: number): Place
}

/** Gives the file of a name. @throws Faults `unknown-fixture` */
export type FindFixture = (name: string, ending: 'csv' | 'sql', at: Place) => SourceFile

/** @param path of the definition in the file @throws Faults `bad-rows`, `unknown-fixture` */
export function readRows(
  yaml: YamlFile,
  path: YamlPath,
  { rows, format, fixture }: RowsDefinition,
  find: FindFixture,
): Rows | SelectedRows {
  const at = yaml.valueAt([...path, 'rows'])
  if (fixture !== undefined) {
    const place = yaml.valueAt([...path, 'fixture'])
    if (rows !== undefined)
      fail('bad-rows', 'rows and a fixture are given', { at: place, hint: 'Keep one of the two.' })
    if (format === 'dict')
      fail('bad-rows', 'a fixture is a CSV file', { at: place, hint: 'Write format: csv.' })
    if (format === 'sql') return selectedRows(fileText(find(fixture, 'sql', place)), place)
    return csvRows(fileText(find(fixture, 'csv', place)), place)
  }
  if (rows === undefined)
    return fail('bad-rows', 'neither rows nor a fixture are given', { at, hint: 'Write rows: [] for none.' })
  if (format !== undefined && (format === 'dict') === (typeof rows === 'string')) {
    const [is, written] = typeof rows === 'string' ? ['a text', 'csv'] : ['a list', 'dict']
    fail('bad-rows', `with format ${format} rows cannot be ${is}`, {
      at,
      hint: `Write format: ${written}, or leave it out.`,
    })
  }
  if (typeof rows !== 'string') return mapRows(yaml, [...path, 'rows'], rows, at)
  const text = blockText(yaml, rows, at)
  return format === 'sql' ? selectedRows(text, at) : csvRows(text, at)
}

/** @throws Faults `bad-rows` for what is no select */
function selectedRows(sql: PlacedText, at: Place): SelectedRows {
  const select = sql.text.trimEnd().replace(/;$/, '')
  const placeOf = (offset: number): Place => sql.line(select.slice(0, offset).split('\n').length)
  if (select.trim() === '') fail('bad-rows', 'there is no select', { at, hint: 'Write rows: [] for none.' })
  const fault = writeFault(select, false)
  if (fault)
    fail('bad-rows', fault.message, { at: placeOf(fault.offset), hint: 'Rows in SQL are one select.' })
  return { select, at, placeOf }
}

function mapRows(
  yaml: YamlFile,
  path: YamlPath,
  rows: readonly Readonly<Record<string, unknown>>[],
  at: Place,
): Rows {
  const columns = new Map<string, Place>()
  rows.forEach((row, index) => {
    for (const name of Object.keys(row))
      if (!columns.has(name)) columns.set(name, yaml.keyAt([...path, index, name]))
  })
  return {
    columns: [...columns].map(([name, place]) => ({ name, at: place })),
    rows: rows.map((row, index) =>
      [...columns.keys()].map(name => {
        const place = yaml.valueAt([...path, index, name])
        return { text: textOf(yaml, row[name], place), at: place }
      }),
    ),
    at,
  }
}

/** A number as it is written: 1.10 in a column of texts is not 1.1. */
function textOf(yaml: YamlFile, value: unknown, { line, column, length }: Place): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'string') return value
  if (typeof value !== 'number') return typeof value === 'object' ? JSON.stringify(value) : String(value)
  const written = yaml.text.split('\n')[line - 1]?.slice(column - 1, column - 1 + length) ?? ''
  return Number(written) === value ? written : String(value)
}

/** A text, and where each of its lines stands. */
interface PlacedText {
  readonly text: string
  line(number: number): Place
}

const fileText = ({ path, text }: SourceFile): PlacedText => ({
  text,
  line: number => lineAt(path, text, number),
})

/** A text in YAML that begins on the line behind its key. */
function blockText(yaml: YamlFile, text: string, at: Place): PlacedText {
  const begins = yaml.text.split('\n')[at.line - 1]?.slice(at.column - 1) ?? ''
  const isBlock = begins.startsWith('|') || begins.startsWith('>')
  return { text, line: number => (isBlock ? lineAt(at.file, yaml.text, at.line + number) : at) }
}

function lineAt(file: string, text: string, number: number): Place {
  const lines = text.split('\n')
  const line = lines[number - 1] ?? ''
  const offset = lines.slice(0, number - 1).join('\n').length + (number > 1 ? 1 : 0)
  const indent = line.length - line.trimStart().length
  return placeAt(file, text, offset + indent, line.trim().length)
}

function csvRows(csv: PlacedText, at: Place): Rows {
  const { records, broken } = csvRecords(csv.text)
  if (broken)
    fail('bad-rows', 'this is no CSV from this line on', {
      at: csv.line(broken.line),
      cause: broken.cause,
      hint: csvHint,
    })
  const [header, ...rows] = records
  if (!header)
    return fail('bad-rows', 'there is no line of column names', { at, hint: 'A CSV text begins with one.' })
  const names = header.values.map(name => name?.trim() ?? '')
  const faults = [...headerFaults(names, csv.line(header.line)), ...raggedRows(csv, rows, names.length)]
  if (faults.length > 0) throw new Faults(faults)
  return {
    columns: names.map(name => ({ name, at: csv.line(header.line) })),
    rows: rows.map(({ values, line }) => values.map(text => ({ text, at: csv.line(line) }))),
    at,
  }
}

function headerFaults(names: readonly string[], at: Place): readonly Diagnostic[] {
  const unnamed = names.indexOf('')
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) < index)
  if (unnamed !== -1) return [error('bad-rows', `column ${unnamed + 1} has no name`, { at })]
  if (twice !== undefined)
    return [error('bad-rows', `two columns are called '${twice}'`, { at, hint: 'Remove one of them.' })]
  return []
}

const raggedRows = (csv: PlacedText, rows: readonly CsvRecord[], width: number): readonly Diagnostic[] =>
  rows
    .filter(({ values }) => values.length !== width)
    .map(({ values, line }) =>
      error('bad-rows', `this row has ${values.length} values, the header ${width} columns`, {
        at: csv.line(line),
        hint: 'A value with a comma in it stands in quotes: "a,b".',
      }),
    )

const fixtureFolder = 'tests/fixtures'

/** Finds fixtures of a project; its folder is read when the first one is asked for. */
export function fixtureFinder(directory: string): FindFixture {
  let files: readonly SourceFile[] | undefined
  return (name, ending, at) => {
    const faults: Diagnostic[] = []
    files ??= readFolder(directory, fixtureFolder, ['.csv', '.sql'], faults)
    if (faults.length > 0) throw new Faults(faults)
    const wanted = `${fixtureFolder}/${name.endsWith(`.${ending}`) ? name : `${name}.${ending}`}`
    const found = files.find(({ path }) => path === wanted)
    if (found) return found
    const known = files.filter(({ path }) => path.endsWith(`.${ending}`)).map(baseName)
    const others =
      known.length > 0 ? `There are ${known.join(', ')}.` : `Put the file into ${fixtureFolder}/.`
    return fail('unknown-fixture', `there is no file ${wanted}`, {
      at,
      hint: nearest(name, known).hint ?? others,
    })
  }
}
