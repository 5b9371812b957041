// Phases of an invocation -> what they came to, also where the connection is lost on the way. What was under way then may have
// been committed or not, so nothing of it is repeated by itself: what is left of the run is taken up as `seshat retry` does,
// under a lock that is taken anew (docs/decisions/0016-what-is-retried.md).

import type { Compiled } from '../compile.js'
import { Faults } from '../diagnostics.js'
import { isPassing, pauseFor, type Retries } from '../repeat.js'
import { undoneBy } from '../retry.js'
import type { RunJournal } from '../run_journal.js'
import { isDone, type StepResult } from '../step_result.js'
import { type Phase, phasesLeft } from './phases.js'

/** @param attempt throws Faults with the exit code 2 where it cannot connect */
export async function despiteLoss(
  first: readonly Phase[],
  whole: Compiled,
  journal: RunJournal,
  retries: Retries,
  attempt: (phases: readonly Phase[]) => Promise<readonly StepResult[]>,
): Promise<readonly StepResult[]> {
  const done: StepResult[] = []
  let phases = first
  for (let number = 1; ; number += 1) {
    const { results, fault } = await attempt(phases).then(
      results => ({ results, fault: undefined }),
      (fault: unknown) => ({ results: [], fault }),
    )
    if (fault !== undefined && !(fault instanceof Faults)) throw fault
    const lost = [...results.flatMap(({ diagnostics }) => diagnostics), ...(fault?.diagnostics ?? [])].find(
      isPassing,
    )
    const begun = journal.results()
    // To connect was tried often enough already.
    if (!lost || !begun || fault?.exitCode === 2 || number > retries.most || retries.signal.aborted) {
      if (fault) throw number > 1 && fault.exitCode === 2 ? new Faults(fault.diagnostics, 1) : fault
      return [...done, ...results]
    }
    await pauseFor('run', number, lost, retries)
    done.push(...results.filter(isDone))
    if (begun.results.length > 0) phases = phasesLeft(whole, undoneBy(whole, begun), begun.arguments)
  }
}
