// UnitTests -> what there is to run: the select of the model, what it reads, the rows of each. All that is wrong with a test
// and can be seen without a database is found here, before anything runs.

import { postgresDialect } from '../../adapters/postgres/dialect.js'
import { collectFaults } from '../collect_faults.js'
import type { Compiled } from '../compile.js'
import { type Diagnostic, error, Faults, type Place } from '../diagnostics.js'
import { selectOf } from '../model_sql.js'
import { startOf } from '../source_file.js'
import { readsClock, withClock } from './clock.js'
import { type Input, type ReadsOfModel, readInputs, readsOf } from './inputs.js'
import { modelRenderer, type RenderedModels } from './rendered_models.js'
import { type FindFixture, fixtureFinder, type Rows, readRows } from './rows.js'
import { type UnitTest, unitTestPlace } from './unit_test.js'

export interface PreparedTest {
  readonly unitTest: UnitTest
  readonly model: string
  /** Of the model. */
  readonly at: Place
  /** The select, over relations by their names. */
  readonly sql: string
  readonly inputs: readonly Input[]
  readonly expected: Rows
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
  const given = definition.given.map((entry, index) => ({
    text: entry.input,
    at: yaml.valueAt([...path, 'given', index, 'input']),
    rows: collectFaults(faults, () => readRows(yaml, [...path, 'given', index], entry, find)),
  }))
  const expected = collectFaults(faults, () => readRows(yaml, [...path, 'expect'], definition.expect, find))
  const isIncremental = definition.overrides.macros?.is_incremental ?? true
  const variant = isIncremental ? model : { ...model, sql: model.rebuildSql }
  const reads: ReadsOfModel = readsOf(compiled, variant, rendered, new Set(given.map(({ text }) => text)))
  const inputs = readInputs(definition.model, reads, given, faults)
  const project = { ...graph, catalog: reads.catalog }
  const context = { ...input, dialect: postgresDialect, project, reach: { kind: 'new' } as const }
  const sql = selectOf(context, variant)
  const { now } = definition.overrides
  if (now === undefined && readsClock(sql)) faults.push(noClock(unitTest))
  if (faults.length > 0 || !expected) throw new Faults(faults)
  return {
    unitTest,
    model: definition.model,
    at: startOf(model.file),
    sql: now === undefined ? sql : withClock(sql, now.length > 10 ? now : `${now} 00:00:00`),
    inputs,
    expected,
    keys: table.config.unique_key ?? [],
    rendered,
  }
}

const noClock = (unitTest: UnitTest): Diagnostic =>
  error(
    'no-clock',
    `'${unitTest.definition.model}' asks for the time, and the unit test does not say what it is`,
    {
      at: unitTestPlace(unitTest),
      hint: 'Add overrides: {now: 2024-01-31 09:15:00}, in UTC.',
    },
  )
