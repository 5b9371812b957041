// A project and what it is compared with -> what has changed between them, for each target that both were compiled for.

import { type ComparedState, type ComparedTarget, loadBase, stateOfFolder } from './base_state.js'
import { type Diagnostic, Faults, fail } from './diagnostics.js'
import { diffStates, type NodeChange } from './diff_states.js'
import { isTestKind } from './graph.js'
import type { ProjectState, TargetState } from './manifest.js'
import { StateCache } from './state_cache.js'

interface Comparison {
  readonly before: ComparedState
  readonly after: ComparedState
  readonly targets: readonly ComparedTarget[]
  readonly changes: readonly NodeChange[]
}

/**
 * @param base a git ref, the folder of a project, or a target folder
 * @param directory of the project
 * @param cacheFolder where compared states are kept
 * @throws Faults `unknown-base`, `bad-manifest`, and those of compiling either side
 */
export function changesAgainst(
  base: string,
  directory: string,
  variables: string | undefined,
  wanted: readonly ComparedTarget[],
  cacheFolder: string,
): Comparison {
  const cache = new StateCache(cacheFolder)
  const before = namingTheBase(base, () => loadBase(base, directory, { variables, targets: wanted, cache }))
  const targets = targetsOf(before.state, wanted)
  const after = stateOfFolder(directory, { variables, targets, cache })
  const changes = targets.flatMap(({ name }) => changesOf(before.state, after.state, name))
  return { before, after, targets, changes }
}

/** Says of a fault that it is the base's: a place in one of its files is none of the project, which may have changed. */
function namingTheBase<T>(base: string, work: () => T): T {
  try {
    return work()
  } catch (thrown) {
    if (!(thrown instanceof Faults)) throw thrown
    const placed = (found: Diagnostic): Diagnostic => {
      const { at, related: _, ...fault } = found
      if (!at || at.file === '--vars') return found
      return {
        ...fault,
        message: `in the base ${base}, ${at.file}:${at.line}:${at.column}: ${fault.message}`,
      }
    }
    throw new Faults(thrown.diagnostics.map(placed), thrown.exitCode)
  }
}

/** Those that the base was compiled for: of a target folder that may be others than the adapters that there are. */
function targetsOf({ targets }: ProjectState, wanted: readonly ComparedTarget[]): readonly ComparedTarget[] {
  const found = Object.entries(targets).flatMap(([name, { adapter }]) => {
    const one = wanted.find(({ dialect }) => dialect.name === adapter)
    return one ? [{ name, dialect: one.dialect }] : []
  })
  if (found.length === 0)
    fail('bad-manifest', `the base was not compiled for ${wanted.map(({ name }) => name).join(', ')}`, {
      hint: 'Compile it for every adapter: seshat compile --all-adapters.',
    })
  return found
}

/** Data tests are left out where the base was compiled without them. */
function changesOf(before: ProjectState, after: ProjectState, name: string): readonly NodeChange[] {
  const [base, head] = [before.targets[name], after.targets[name]]
  if (!base || !head) return []
  const hasTests = base.nodes.some(({ kind }) => isTestKind(kind))
  return diffStates(base, hasTests ? head : withoutTests(head), name)
}

const withoutTests = (target: TargetState): TargetState => ({
  ...target,
  nodes: target.nodes.filter(({ kind }) => !isTestKind(kind)),
})
