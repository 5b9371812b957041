// What --dry-run says in place of a run: the steps of its plan, in order. Nothing is written, and nothing is connected to.

import type { Plan, Step } from '../plan.js'
import type { CommandContext } from './session.js'

/** @param place where it would run @returns the exit code, 0 */
export function tellDryRun(plan: Plan, command: string, place: string, { reporter }: CommandContext): number {
  const { steps } = plan
  const count = `${steps.length} ${steps.length === 1 ? 'step' : 'steps'}`
  reporter.answer(`seshat ${command} would run ${count} on ${place}:\n`, 'dry_run', {
    command,
    steps: steps.map(step => ({
      step: step.id,
      kind: step.kind,
      module: step.module,
      statements: statementsOf(step),
    })),
  })
  reporter.table({
    head: ['step', 'kind', 'module', 'statements'],
    rows: steps.map(step => [step.id, step.kind, step.module, String(statementsOf(step))]),
    right: [3],
    widest: 60,
  })
  reporter.say('\nNothing was run or written. seshat compile writes the statements themselves.', 'hint')
  return 0
}

/** A seed is loaded in one more. */
const statementsOf = ({ batches, seed }: Step): number =>
  batches.reduce((sum, { statements }) => sum + statements.length, seed ? 1 : 0)
