// Which complete steps of a plan end the run (`ends_run`), and what has to wait for that: an ended run takes its run id
// with it.

import type { GraphNode } from './graph.js'
import type { PlanInput, Step } from './plan.js'

/** `auto` ends the run on the last complete step of the plan. */
export function endsRun(input: PlanInput, node: GraphNode, nodes: readonly GraphNode[]): boolean {
  if (node.kind !== 'complete') return false
  const value = input.variables.value(node.module?.name, 'ends_run')
  const last = nodes.filter(other => other.kind === 'complete').at(-1)
  return value === true || (value !== false && last === node)
}

/** Whether a complete step of the plan has ended the run before it, so that it begins another. */
export const followsEnd = (input: PlanInput, node: GraphNode, nodes: readonly GraphNode[]): boolean =>
  nodes.slice(0, nodes.indexOf(node)).some(other => endsRun(input, other, nodes))

/** A step that makes or drops the run id has its place among the others, whatever the edges say. */
export const touchesRunId = (input: PlanInput, node: GraphNode, nodes: readonly GraphNode[]): boolean =>
  endsRun(input, node, nodes) || (node.kind === 'setup' && followsEnd(input, node, nodes))

/** A run id that a complete step drops is read by every step of a module's life before it. */
export const livesBefore = (steps: readonly Step[], last: Step): readonly string[] =>
  steps.slice(0, steps.indexOf(last)).flatMap(({ id, kind }) => (isLife(kind) ? [id] : []))

export const isLife = (kind: Step['kind']): boolean =>
  kind === 'setup' || kind === 'commit' || kind === 'complete'
