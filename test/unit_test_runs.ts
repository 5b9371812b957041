// Runs unit tests of a project in this process, on one database for all tests of a file.

import { after } from 'node:test'
import type { Dialect } from '../adapters/dialect.js'
import type { Driver } from '../adapters/driver.js'
import { connectMemory } from '../adapters/embedded/driver.js'
import { postgresDialect } from '../adapters/postgres/dialect.js'
import { compileGraph } from '../compiler/compile.js'
import type { Diagnostic } from '../compiler/diagnostics.js'
import { loadProject, type Project } from '../compiler/project.js'
import { prepareUnitTests } from '../compiler/unit_tests/prepare.js'
import { UnitTestRunner } from '../compiler/unit_tests/runner.js'
import { temporaryProject } from './support.js'

let opening: Promise<Driver> | undefined
after(async () => (await opening)?.close())
const database = (): Promise<Driver> => {
  opening ??= connectMemory()
  return opening
}

/**
 * What is wrong, by the id of each test that is selected.
 * @param dialect that of the target, on which nothing depends
 * @throws Faults of compiling and of preparing
 */
export async function runUnitTests(
  project: Project,
  select: readonly string[] = [],
  dialect: Dialect = postgresDialect,
): Promise<ReadonlyMap<string, readonly Diagnostic[]>> {
  const options = { dialect, target: 'test', exclude: [], fullRefresh: false }
  const compiled = compileGraph(project, { ...options, select, tests: 'all', standardUnitTests: true })
  const unitTests = compiled.selected.flatMap(id => compiled.graph.graph.node(id).unitTest ?? [])
  const runner = new UnitTestRunner(compiled, prepareUnitTests(compiled, unitTests), database)
  const found = new Map<string, readonly Diagnostic[]>()
  for (const unitTest of unitTests) found.set(unitTest.id, await runner.run(unitTest))
  return found
}

/** seshat.yml of a project of the standard modules that a test can do without. */
export const onlyCustom =
  'name: t\nmodules: {base: {enabled: false}, page_views: {enabled: false}, sessions: {enabled: false}, users: {enabled: false}}\n'

/** A project of its own models, loaded. */
export function customProject(files: Readonly<Record<string, string>>): Project {
  const { directory } = temporaryProject({ 'seshat.yml': onlyCustom, ...files })
  return loadProject(directory)
}

const orders = `sources:
  - name: shop
    tables:
      - name: orders
        columns:
          - {name: id, type: integer}
          - {name: customer, type: varchar(10)}
          - {name: total, type: 'numeric(10, 2)'}
          - {name: paid, type: boolean}
          - {name: at, type: timestamp}
          - {name: more, type: json}
`
const copyOfOrders =
  "select o.id, o.customer, o.total, o.paid, o.at, o.more from {{ source('shop', 'orders') }} as o"
/** The model `copy` of a source whose columns are of many types. */
export const shop = { 'models/sources.yml': orders, 'models/copy.sql': copyOfOrders }
