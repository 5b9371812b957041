// Runs unit tests, one after another, on an empty database of their own: its tables are views of the given rows, and all that
// a test makes is rolled back. Knows nothing of the project's database.

import type { MemoryDatabase } from '../../adapters/embedded/driver.js'
import { StatementFault } from '../../adapters/statement_fault.js'
import type { Compiled } from '../compile.js'
import { type Diagnostic, error, Faults } from '../diagnostics.js'
import type { TypedColumn } from '../model_config.js'
import { nearest } from '../nearest.js'
import { type Relation, sqlName } from '../relation.js'
import { inferType } from '../seed.js'
import { differenceOf } from './difference.js'
import { InputTypes } from './input_types.js'
import type { Input } from './inputs.js'
import type { PreparedTest } from './prepare.js'
import { keepResult, readSelected, resultTable } from './result_table.js'
import { comparable, isNumber, lengthOf, quoted, rowsSelect, typeOf } from './row_sql.js'
import type { Rows, SelectedRows } from './rows.js'
import type { UnitTest } from './unit_test.js'

/** Rows with the columns that they have in the database. */
interface TypedRows {
  readonly columns: readonly TypedColumn[]
  /** For each column of the rows its name in the database. */
  readonly names: readonly string[]
  readonly rows: Rows | undefined
}

type TypedInput = TypedRows & { readonly relation: Relation }

export class UnitTestRunner {
  #database: Promise<MemoryDatabase> | undefined
  #last: Promise<unknown> = Promise.resolve()
  readonly #types: InputTypes

  /** @param open gives an empty database; asked when the first test runs */
  constructor(
    compiled: Compiled,
    private readonly prepared: ReadonlyMap<string, PreparedTest>,
    private readonly open: () => Promise<MemoryDatabase>,
  ) {
    this.#types = new InputTypes(compiled, (sql, tables) =>
      this.#aside(database =>
        this.#select(
          database,
          sql,
          tables.map(({ read, columns }) => ({
            relation: read.relation,
            columns,
            names: [],
            rows: undefined,
          })),
        ),
      ),
    )
  }

  /** What is wrong; nothing where the model gives the rows that are expected. */
  run({ id }: UnitTest): Promise<readonly Diagnostic[]> {
    const work = this.#last.then(() => this.#run(id))
    this.#last = work.catch(() => undefined) // its caller hears of it
    return work
  }

  async cancel(): Promise<void> {
    await (await this.#database)?.cancel()
  }

  async close(): Promise<void> {
    await this.#database?.then(
      database => database.close(),
      () => undefined, // whoever asked for it knows
    )
  }

  async #run(id: string): Promise<readonly Diagnostic[]> {
    const test = this.prepared.get(id)
    if (!test) throw new Error(`the unit test '${id}' was not prepared`)
    try {
      return await this.#compare(test)
    } catch (cause) {
      if (!(cause instanceof Faults)) throw cause
      return cause.diagnostics
    }
  }

  async #compare(test: PreparedTest): Promise<readonly Diagnostic[]> {
    const inputs = await this.#typedInputs(test)
    const given = await this.#written(test.expected)
    return this.#aside(async database => {
      const columns = await this.#select(database, test.sql, inputs).catch(async cause => {
        throw await this.#blame(cause, inputs, test)
      })
      const expected = named(given, columns.map(asExpected), test.model)
      const compared = given.columns.length > 0 ? expected.names : columns.map(({ name }) => name)
      const texts = compared.map(name => {
        const type = columns.find(column => column.name === name)?.type ?? 'text'
        return comparable(quoted(name), type)
      })
      const read = async (from: string): Promise<readonly (readonly (string | null)[])[]> => {
        const { rows } = await database.execute(`select ${texts.join(', ') || 'null'}\nfrom ${from}`)
        return rows.map(row => row.map(value => (value === null ? null : String(value))))
      }
      const got = await read(resultTable)
      const wanted = await read(`(\n${selectOfRows(expected)}\n) as expected`).catch(async cause => {
        throw await this.#blame(cause, [expected], test)
      })
      const difference = differenceOf(compared, test.keys, wanted, got)
      return difference ? [failed(test, difference)] : []
    })
  }

  #opened(): Promise<MemoryDatabase> {
    this.#database ??= this.open()
    return this.#database
  }

  /** Work whose traces are rolled back. */
  async #aside<T>(work: (database: MemoryDatabase) => Promise<T>): Promise<T> {
    const database = await this.#opened()
    await database.execute('begin')
    try {
      return await work(database)
    } finally {
      await database.execute('rollback').catch(() => undefined) // it is gone: nothing of it stays
    }
  }

  /** Keeps the rows of a select over some inputs; gives its columns, with types that cut nothing. */
  async #select(
    database: MemoryDatabase,
    sql: string,
    inputs: readonly TypedInput[],
  ): Promise<readonly TypedColumn[]> {
    for (const schema of new Set(inputs.map(({ relation }) => relation.schema)))
      await database.execute(`create schema if not exists ${schema}`)
    for (const input of inputs)
      await database.execute(`create view ${sqlName(input.relation)} as\n${selectOfRows(input)}`)
    return keepResult(database, sql)
  }

  /** Rows as if all of them had been written out. @throws Faults `bad-rows` of a select */
  async #written(rows: Rows | SelectedRows): Promise<Rows> {
    return 'select' in rows ? this.#aside(database => readSelected(database, rows)) : rows
  }

  async #typedInputs({ inputs, rendered, unitTest, model }: PreparedTest): Promise<readonly TypedInput[]> {
    const faults: Diagnostic[] = []
    const typed: TypedInput[] = []
    for (const input of inputs) {
      try {
        const given = input.rows && (await this.#written(input.rows))
        const columns = (await this.#types.columnsOf(input, rendered)) ?? inferred(input, given)
        if (!columns) {
          faults.push(untyped(input, model, unitTest))
          continue
        }
        const rows = given && named(given, columns, input.written)
        typed.push({ relation: input.relation, ...(rows ?? { columns, names: [], rows: undefined }) })
      } catch (cause) {
        if (!(cause instanceof Faults)) throw cause
        faults.push(...cause.diagnostics)
      }
    }
    if (faults.length > 0) throw new Faults(faults, 1)
    return typed
  }

  /** The values that are none of their type, or what the server said of the select. */
  async #blame(cause: unknown, given: readonly TypedRows[], test: PreparedTest): Promise<unknown> {
    if (!(cause instanceof StatementFault)) return cause
    const database = await this.#opened()
    const faults: Diagnostic[] = []
    for (const typed of given) {
      for (const [index, name] of typed.names.entries()) {
        const column = typed.columns.find(entry => entry.name === name)
        if (column) faults.push(...(await badValues(database, column, typed.rows, index)))
      }
    }
    return new Faults(faults.length > 0 ? faults : [broken(test, cause)], 1)
  }
}

/** A number that is expected may be any number: 30.0 is 30, and 30.5 is not. */
const asExpected = (column: TypedColumn): TypedColumn =>
  isNumber(column.type) ? { ...column, type: 'numeric' } : column

const selectOfRows = ({ columns, names, rows }: TypedRows): string =>
  rowsSelect(columns, names, rows?.rows.map(row => row.map(({ text }) => text)) ?? [])

/** @param table whose columns these are, for people @throws Faults `unknown-column`, `bad-row-value` */
function named(rows: Rows, columns: readonly TypedColumn[], table: string): TypedRows {
  const known = columns.map(({ name }) => name)
  const faults: Diagnostic[] = []
  const names = rows.columns.map(({ name, at }, index) => {
    const found = known.find(other => other === name) ?? known.find(other => other === name.toLowerCase())
    if (found === undefined) {
      const hint =
        nearest(name, known).hint ??
        `It has ${known.slice(0, 12).join(', ')}${known.length > 12 ? ' and more' : ''}.`
      faults.push(error('unknown-column', `${table} has no column '${name}'`, { at, hint }))
      return name
    }
    const column = columns.find(other => other.name === found)
    if (column) faults.push(...tooLong(column, rows, index))
    return found
  })
  if (faults.length > 0) throw new Faults(faults, 1)
  return { columns, names, rows }
}

function tooLong(column: TypedColumn, rows: Rows, index: number): readonly Diagnostic[] {
  const most = lengthOf(column)
  return rows.rows.flatMap(row => {
    const cell = row[index]
    const length = [...(cell?.text ?? '')].length
    if (!cell || most === undefined || length <= most) return []
    const message = `${column.name} takes ${most} characters, and this value has ${length}`
    return [error('bad-row-value', message, { at: cell.at, hint: 'Shorten it.' })]
  })
}

/** Asks for one value after another: only where something is wrong already. */
async function badValues(
  database: MemoryDatabase,
  column: TypedColumn,
  rows: Rows | undefined,
  index: number,
): Promise<readonly Diagnostic[]> {
  const faults: Diagnostic[] = []
  for (const row of rows?.rows ?? []) {
    const cell = row[index]
    if (!cell || cell.text === null) continue
    await database.execute('rollback')
    await database.execute('begin')
    try {
      await database.execute(rowsSelect([column], [column.name], [[cell.text]]))
    } catch (cause) {
      if (!(cause instanceof StatementFault)) throw cause
      const shown = cell.text.length > 60 ? `${cell.text.slice(0, 57)}...` : cell.text
      const said = cause.diagnostics[0]?.cause
      faults.push(
        error('bad-row-value', `'${shown}' is no ${typeOf(column)}, which ${column.name} is`, {
          at: cell.at,
          ...(said === undefined ? {} : { cause: said }),
        }),
      )
    }
  }
  return faults
}

/** The types of a source that nobody has declared: those of a select, or read off the rows as those of a seed are. */
const inferred = ({ source }: Input, rows: Rows | undefined): readonly TypedColumn[] | undefined =>
  source === undefined || !rows
    ? undefined
    : rows.columns.map(({ name, type }, index) => ({
        name: name.toLowerCase(),
        type: type ?? inferType(rows.rows.map(row => row[index]?.text ?? null)),
      }))

const untyped = ({ written, source }: Input, model: string, { yaml, path }: UnitTest): Diagnostic =>
  error('untyped-input', `nobody says what columns ${written} has, which '${model}' reads`, {
    at: yaml.valueAt([...path, 'name']),
    hint:
      source === undefined
        ? 'It reads a source without declared columns, or has a fault: see seshat check.'
        : 'Declare its columns under sources, or give rows of it.',
  })

function failed(
  { model, unitTest }: PreparedTest,
  difference: NonNullable<Diagnostic['difference']>,
): Diagnostic {
  const { yaml, path, definition, id } = unitTest
  const count = (what: string, number: number): readonly string[] => (number > 0 ? [`${number} ${what}`] : [])
  const { rows } = difference
  const words = [
    ...count('different', rows.filter(({ expected, got }) => expected && got).length),
    ...count('missing', rows.filter(({ got }) => !got).length),
    ...count('extra', rows.filter(({ expected }) => !expected).length),
  ].join(', ')
  return error('unit-test-failed', `${model} gives other rows than '${id}' expects: ${words}`, {
    at: yaml.keyAt([...path, 'expect']),
    ...(definition.description === undefined ? {} : { hint: definition.description.trim() }),
    difference,
  })
}

const broken = ({ model, unitTest, at }: PreparedTest, fault: StatementFault): Diagnostic => {
  const { yaml, path, id } = unitTest
  const [said] = fault.diagnostics
  return error('unit-test-broken', `the select of ${model} ends with an error on the rows of '${id}'`, {
    at,
    related: [{ at: yaml.valueAt([...path, 'name']), message: 'the unit test' }],
    cause: said?.cause ?? said?.message ?? 'The server did not say why.',
    hint: 'Unit tests run on Postgres, whatever the warehouse. seshat check finds what is wrong whatever the rows.',
  })
}
