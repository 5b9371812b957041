// seshat run, seed, test and build: compile the plan and execute it. They differ in what they take along.

import { type Compiled, type CompileOptions, compileGraph } from '../compile.js'
import { Faults } from '../diagnostics.js'
import { type GraphNode, isTestKind } from '../graph.js'
import { invoke, type RunKind } from './invocation.js'
import { onlyNodes, withPlan } from './phases.js'
import { type CommandContext, type CommonOptions, compileOptions, openProject } from './session.js'
import { memoryPlace, profilePlace, selectsOnlyUnitTests, unitTestRunner } from './unit_tests.js'

/** @returns the exit code: 0 done, 1 a step failed */
export async function runCommand(
  kind: RunKind,
  options: CommonOptions,
  context: CommandContext,
): Promise<number> {
  const { reporter } = context
  const project = openProject(options)
  const inMemory = kind === 'test' && selectsOnlyUnitTests(project, options)
  const { profile, openMemory } = inMemory ? memoryPlace() : profilePlace(project, options, context)
  const graph = compileGraph(project, {
    ...compileOptions(options, profile.adapter.dialect, profile.target),
    ...testsOf(kind),
  })
  const whole = withPlan(whatOf(kind, graph))
  reporter.faults(whole.warnings)
  const unitTests = unitTestRunner(whole, openMemory)
  const phase = { compiled: whole, untilCaughtUp: options.untilCaughtUp ?? false }
  return invoke({ kind, options, project, profile, whole, unitTests, phases: [phase] }, context)
}

/** Which tests a command takes along; those of the standard model where somebody may ask for them. */
export const testsOf = (kind: RunKind): Pick<CompileOptions, 'tests' | 'onlyTests' | 'standardUnitTests'> =>
  kind === 'test' || kind === 'build'
    ? { tests: 'all', onlyTests: kind === 'test', standardUnitTests: true }
    : {}

/** `seed` takes only the seeds of the selection, `test` only its tests, `run` neither, `build` all. */
export function whatOf(kind: RunKind, compiled: Compiled): Compiled {
  const only: Readonly<Record<RunKind, (node: GraphNode['kind']) => boolean>> = {
    run: node => node !== 'seed' && !isTestKind(node),
    seed: node => node === 'seed',
    test: isTestKind,
    build: () => true,
  }
  const wanted = compiled.selected.filter(id => only[kind](compiled.graph.graph.node(id).kind))
  if (wanted.length === 0) {
    const [message, hint] = {
      run: [
        'the selection has only seeds or tests',
        'Load seeds with seshat seed, run tests with seshat test.',
      ],
      seed: ['the selection has no seeds', 'Seeds are CSV files in seeds/.'],
      test: [
        'the selection has no tests',
        'See what there is with: seshat ls --select resource_type:test resource_type:unit_test',
      ],
      build: ['the selection is empty', 'See what there is with: seshat ls'],
    }[kind] as [string, string]
    throw new Faults([{ code: 'nothing-selected', severity: 'error', message, hint }])
  }
  return onlyNodes(compiled, wanted)
}
