// UnitTests -> what there is to run: the select of the model, what it reads, the rows of each. All that is wrong with a test
// and can be seen without a database is found here, before anything runs.

import { postgresDialect } from '../../adapters/postgres/dialect.js'
import { collectFaults } from '../collect_faults.js'
import type { Compiled } from '../compile.js'
import { type Diagnostic, error, Faults, fail, type Place } from '../diagnostics.js'
import { selectOf } from '../model_sql.js'
import { startOf } from '../source_file.js'
import type { YamlPath } from '../yaml_file.js'
import { readsClock, withClock } from './clock.js'
import { type Input, type ReadsOfModel, readInputs, readsOf } from './inputs.js'
import { modelRenderer, type RenderedModels } from './rendered_models.js'
import { type FindFixture, fixtureFinder, type Rows, readRows, type SelectedRows } from './rows.js'
import type { RowsDefinition } from './schema.js'
import { type UnitTest, unitTestPlace } from './unit_test.js'

export interface PreparedTest {
  readonly unitTest: UnitTest
  readonly model: string
  /** Of the model. */
  readonly at: Place
  /** The select, over relations by their names. */
  readonly sql: string
  readonly inputs: readonly Input[]
  readonly expected: Rows | SelectedRows
  readonly keys: readonly string[]
  /** The models as they are for this test. */
  readonly rendered: RenderedModels
}

/** By id. @throws Faults of all tests */
export function prepareUnitTests(
  compiled: Compiled,
  unitTests: readonly UnitTest[],
): ReadonlyMap<string, PreparedTest> {
  const faults: Diagnostic[] = []
  const render = modelRenderer(compiled.project, compiled.graph.catalog)
  const find = fixtureFinder(compiled.project.directory)
  const prepared = unitTests.flatMap(
    unitTest => collectFaults(faults, () => prepare(compiled, unitTest, render(unitTest), find)) ?? [],
  )
  if (faults.length > 0) throw new Faults(faults)
  return new Map(prepared.map(test => [test.unitTest.id, test]))
}

function prepare(
  compiled: Compiled,
  unitTest: UnitTest,
  rendered: RenderedModels,
  find: FindFixture,
): PreparedTest {
  const { graph, input } = compiled
  const { definition, yaml, path } = unitTest
  const table = graph.catalog.tables.get(definition.model)
  const model = table && rendered(table)
  if (!table || !model) throw new Error(`'${definition.model}' is in the graph and not in the catalog`)
  const faults: Diagnostic[] = []
  const { now } = definition.overrides
  const rowsAt = (below: YamlPath, rows: RowsDefinition): Rows | SelectedRows | undefined =>
    collectFaults(faults, () => atTime(readRows(yaml, [...path, ...below], rows, find), now))
  const given = definition.given.map((entry, index) => ({
    text: entry.input,
    at: yaml.valueAt([...path, 'given', index, 'input']),
    rows: rowsAt(['given', index], entry),
  }))
  const expected = rowsAt(['expect'], definition.expect)
  const isIncremental = definition.overrides.macros?.is_incremental ?? true
  const variant = isIncremental ? model : { ...model, sql: model.rebuildSql }
  const reads: ReadsOfModel = readsOf(compiled, variant, rendered, new Set(given.map(({ text }) => text)))
  const inputs = readInputs(definition.model, reads, given, faults)
  const project = { ...graph, catalog: reads.catalog }
  const context = { ...input, dialect: postgresDialect, project, reach: { kind: 'new' } as const }
  const sql = selectOf(context, variant)
  if (now === undefined && readsClock(sql)) faults.push(noClock(unitTest))
  if (faults.length > 0 || !expected) throw new Faults(faults)
  return {
    unitTest,
    model: definition.model,
    at: startOf(model.file),
    sql: now === undefined ? sql : withClock(sql, timeOf(now)),
    inputs,
    expected,
    keys: table.config.unique_key ?? [],
    rendered,
  }
}

const timeOf = (now: string): string => (now.length > 10 ? now : `${now} 00:00:00`)

/** Rows that do not change with the time. @throws Faults `no-clock` */
function atTime(rows: Rows | SelectedRows, now: string | undefined): Rows | SelectedRows {
  if (!('select' in rows) || !readsClock(rows.select)) return rows
  if (now !== undefined) return { ...rows, select: withClock(rows.select, timeOf(now)) }
  return fail('no-clock', 'these rows ask for the time, and the unit test does not say what it is', {
    at: rows.at,
    hint: clockHint,
  })
}

const clockHint = 'Add overrides: {now: 2024-01-31 09:15:00}, in UTC.'

const noClock = (unitTest: UnitTest): Diagnostic =>
  error(
    'no-clock',
    `'${unitTest.definition.model}' asks for the time, and the unit test does not say what it is`,
    {
      at: unitTestPlace(unitTest),
      hint: clockHint,
    },
  )
