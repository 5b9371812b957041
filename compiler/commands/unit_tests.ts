// What commands need for unit tests: who runs those of a plan, and where, if they are all there is to run: an empty database
// in memory then takes the place of the project's, so that neither a profile nor a connection is asked for.

import type { Driver } from '../../adapters/driver.js'
import { postgresDialect } from '../../adapters/postgres/dialect.js'
import { adapters } from '../../adapters/registry.js'
import { type CompiledPlan, compileGraph } from '../compile.js'
import { isTestKind } from '../graph.js'
import type { Profile } from '../profile.js'
import type { Project } from '../project.js'
import { openWarm } from '../unit_tests/database.js'
import { prepareUnitTests } from '../unit_tests/prepare.js'
import { unitTestTarget } from '../unit_tests/rendered_models.js'
import { UnitTestRunner } from '../unit_tests/runner.js'
import { openProfile } from './open_profile.js'
import { type CommandContext, type CommonOptions, compileOptions } from './session.js'

/** Where a command runs, and how it opens the database of unit tests. */
export interface RunPlace {
  readonly profile: Profile
  readonly openMemory: () => Promise<Driver>
}

/** The project's profile. @throws Faults of the profile */
export const profilePlace = (
  project: Project,
  options: CommonOptions,
  { reporter }: CommandContext,
): RunPlace => ({
  profile: openProfile(project, options, reporter),
  openMemory: openWarm,
})

/** A database in memory, as if a profile named it. It starts at once, in a thread of its own, while the project is compiled. */
export function memoryPlace(): RunPlace {
  const embedded = adapters.get('embedded')
  if (!embedded) throw new Error('there is no embedded adapter')
  const opening = openWarm()
  opening.catch(() => undefined) // told where it is awaited, behind the faults of compiling
  const openMemory = (): Promise<Driver> => opening
  const adapter = { ...embedded, describe: () => 'an empty database in memory', connect: openMemory }
  return { profile: { target: unitTestTarget, adapter, connection: {}, writtenIn: undefined }, openMemory }
}

/** Whether the words select unit tests and nothing else; without words there are data tests too. */
export function selectsOnlyUnitTests(project: Project, options: CommonOptions): boolean {
  if ((options.select ?? []).length === 0) return false
  const { graph, selected } = compileGraph(project, {
    ...compileOptions(options, postgresDialect, unitTestTarget),
    tests: 'all',
    onlyTests: true,
    standardUnitTests: true,
  })
  const kinds = selected.map(id => graph.graph.node(id).kind).filter(isTestKind)
  return kinds.length > 0 && kinds.every(kind => kind === 'unit_test')
}

/** Undefined where there is none to run. @throws Faults of the unit tests: nothing has run yet */
export function unitTestRunner(
  compiled: CompiledPlan,
  openMemory: RunPlace['openMemory'],
): UnitTestRunner | undefined {
  const unitTests = compiled.plan.steps.flatMap(({ unitTest }) => unitTest ?? [])
  if (unitTests.length === 0) return undefined
  return new UnitTestRunner(compiled, prepareUnitTests(compiled, unitTests), openMemory)
}
