// Steps of a plan -> which of them can be started next, as others end. Each is visited once, and once for each step that it
// waits for.

import type { Step } from './plan.js'
import { insertDescending } from './topological_order.js'

/** The steps that are still to be started; those whose turn it is come out in the order of the plan. */
export class StepQueue {
  left: number
  /** Positions in the plan, the least last. */
  private readonly ready: number[]
  private readonly waitsFor: number[]
  private readonly waiting = new Map<string, number[]>()

  constructor(
    private readonly steps: readonly Step[],
    ended: ReadonlyMap<string, unknown>,
  ) {
    this.left = steps.length
    this.waitsFor = steps.map(({ after, behind }, position) => {
      const needed = [...new Set([...after, ...behind])].filter(id => !ended.has(id))
      for (const id of needed) {
        const others = this.waiting.get(id)
        if (others) others.push(position)
        else this.waiting.set(id, [position])
      }
      return needed.length
    })
    this.ready = this.waitsFor.flatMap((count, position) => (count === 0 ? [position] : [])).reverse()
  }

  take(): Step | undefined {
    const position = this.ready.pop()
    if (position === undefined) return undefined
    this.left -= 1
    return this.steps[position]
  }

  ended(id: string): void {
    for (const position of this.waiting.get(id) ?? []) {
      const left = (this.waitsFor[position] ?? 0) - 1
      this.waitsFor[position] = left
      if (left === 0) insertDescending(this.ready, position)
    }
  }
}
