// What an invocation executes, plan after plan, and what is left of it when one has failed.

import { type Compiled, type CompiledPlan, planOf } from '../compile.js'
import type { undoneBy } from '../retry.js'
import type { RunResults } from '../run_results.js'

/** A plan, and whether it is run again until it has caught up with its input. */
export interface Phase {
  readonly compiled: CompiledPlan
  readonly untilCaughtUp: boolean
}

/** The same with fewer nodes. */
export const onlyNodes = (compiled: Compiled, nodes: readonly string[]): Compiled => ({
  ...compiled,
  selected: nodes,
  input: { ...compiled.input, selected: new Set(nodes) },
})

export const withPlan = (compiled: Compiled): CompiledPlan => ({
  ...compiled,
  plan: planOf(compiled, compiled.input),
})

/** What is left, and where the invocation was to go on until it has caught up, all of it from there on. */
export function phasesLeft(
  selected: Compiled,
  { nodes, resumes }: Pick<ReturnType<typeof undoneBy>, 'nodes' | 'resumes'>,
  { until_caught_up: untilCaughtUp }: RunResults['arguments'],
): readonly Phase[] {
  if (resumes) return [{ compiled: withPlan(selected), untilCaughtUp }]
  const isOnce = (id: string): boolean => ['seed', 'unit_test'].includes(selected.graph.graph.node(id).kind)
  const { input } = selected
  // Of a rebuild that was swapped in only tests can be left.
  const reach = input.reach.kind === 'replay' ? ({ kind: 'new' } as const) : input.reach
  const left = onlyNodes({ ...selected, input: { ...input, reach } }, nodes)
  const again = selected.selected.filter(id => !isOnce(id))
  const goesOn = untilCaughtUp && input.reach.kind !== 'replay' && again.length > 0
  return [
    ...(nodes.length > 0 ? [{ compiled: withPlan(left), untilCaughtUp: false }] : []),
    ...(goesOn ? [{ compiled: withPlan(onlyNodes(selected, again)), untilCaughtUp: true }] : []),
  ]
}
