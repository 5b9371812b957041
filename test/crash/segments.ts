// A plan -> its pieces: a plan of its own for each step, and for what comes before the first and after the last. One
// after the other they are the whole plan, so that a run can be taken up at the beginning of any of them.

import type { Plan } from '../../compiler/plan.js'
import { noQuestions } from '../../compiler/report_questions.js'

export interface Segment {
  readonly name: string
  readonly plan: Plan
}

const nothing: Plan = {
  preflight: [],
  beginning: [],
  opening: [],
  steps: [],
  closing: [],
  afterwards: [],
  report: noQuestions,
}

export function segmentsOf(plan: Plan): readonly Segment[] {
  const alone = (steps: Plan['steps']): readonly Segment[] =>
    steps.map(step => ({ name: step.id, plan: { ...nothing, steps: [{ ...step, after: [], behind: [] }] } }))
  const all: readonly Segment[] = [
    { name: 'run.begin', plan: { ...nothing, preflight: plan.preflight, beginning: plan.beginning } },
    { name: 'run.open', plan: { ...nothing, opening: plan.opening } },
    ...alone(plan.steps),
    { name: 'run.close', plan: { ...nothing, closing: plan.closing } },
    ...alone(plan.afterwards),
  ]
  return all.filter(({ plan: { preflight, beginning, opening, steps, closing } }) =>
    [preflight, beginning, opening, steps, closing].some(part => part.length > 0),
  )
}
