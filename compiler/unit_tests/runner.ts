// Runs unit tests, one after another, on an empty database of their own: its tables are views of the given rows, and all that
// a test makes is rolled back. Knows nothing of the project's database.

import type { Driver } from '../../adapters/driver.js'
import { StatementFault } from '../../adapters/statement_fault.js'
import type { Compiled } from '../compile.js'
import { type Diagnostic, error, Faults } from '../diagnostics.js'
import type { TypedColumn } from '../model_config.js'
import { nearest } from '../nearest.js'
import { type Relation, sqlName } from '../relation.js'
import { inferType } from '../seed.js'
import { type ComparedRow, differenceOf } from './difference.js'
import { broken, failed, untyped } from './findings.js'
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
  #database: Promise<Driver> | undefined
  #last: Promise<unknown> = Promise.resolve()
  readonly #types: InputTypes

  /** @param open gives an empty database; asked when the first test runs */
  constructor(
    compiled: Compiled,
    private readonly prepared: ReadonlyMap<string, PreparedTest>,
    private readonly open: () => Promise<Driver>,
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
      const wanted = { ...expected, columns: expected.columns.filter(({ name }) => compared.includes(name)) }
      const both = `select false, ${texts.join(', ') || 'null'}
from ${resultTable}
union all
select true, ${texts.join(', ') || 'null'}
from (\n${selectOfRows(wanted)}\n) as expected`
      const { rows } = await database.execute(both).catch(async cause => {
        throw await this.#blame(cause, [expected], test)
      })
      const side = (isExpected: boolean): readonly ComparedRow[] =>
        rows
          .filter(([is]) => is === isExpected)
          .map(row => row.slice(1).map(value => (value === null ? null : String(value))))
      const difference = differenceOf(compared, test.keys, side(true), side(false))
      return difference ? [failed(test, difference)] : []
    })
  }

  #opened(): Promise<Driver> {
    this.#database ??= this.open()
    return this.#database
  }

  /** Work whose traces are rolled back. */
  async #aside<T>(work: (database: Driver) => Promise<T>): Promise<T> {
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
    database: Driver,
    sql: string,
    inputs: readonly TypedInput[],
  ): Promise<readonly TypedColumn[]> {
    for (const schema of new Set(inputs.map(({ relation }) => relation.schema))) {
      const views = inputs
        .filter(({ relation }) => relation.schema === schema)
        .map(input => `create view ${sqlName(input.relation)} as\n${selectOfRows(input)}`)
      // In one statement: each costs a way to the thread of the database and back.
      if (schema.toLowerCase() !== 'public')
        await database.execute(`create schema ${schema}\n${views.join('\n')}`)
      else for (const view of views) await database.execute(view)
    }
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
  database: Driver,
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
