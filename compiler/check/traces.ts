// The plan of a project once more, with marks that say where each piece of it comes from. It is compiled only when there is
// something to point at.

import type { Table } from '../catalog.js'
import { type Compiled, type CompileOptions, compileGraph, planOf } from '../compile.js'
import { Faults } from '../diagnostics.js'
import type { Plan } from '../plan.js'
import type { Project } from '../project.js'
import { Tracer } from '../template_trace.js'
import { type MarkedText, readMarks } from './marked_text.js'

export type CompiledPlan = Compiled & { readonly plan: Plan }
/** Finds a text in a compiled project. */
export type Pick = (compiled: CompiledPlan) => string | undefined

/**
 * The whole plan of a run. Seeds that fill a table with declared columns stand beside it (input_tables.ts): their rows, which
 * would take the most time to read, say nothing more about types.
 */
export function planToCheck(compiled: Compiled): CompiledPlan {
  const { tables } = compiled.graph.catalog
  const selected = compiled.selected.filter(id => !isDeclaredSeed(tables.get(id)))
  return { ...compiled, plan: planOf(compiled, { ...compiled.input, selected: new Set(selected) }) }
}

export const isDeclaredSeed = (table: Table | undefined): boolean =>
  table?.seed !== undefined && table.columns.some(({ type }) => type !== undefined)

export class Traces {
  private readonly compiled: ({ readonly plan: CompiledPlan; readonly tracer: Tracer } | undefined)[] = []

  constructor(
    private readonly project: Project,
    private readonly options: CompileOptions,
  ) {}

  /** Where the pieces of `sql` come from; undefined where a template does something else with marked texts. */
  of(sql: string, pick: Pick): MarkedText | undefined {
    for (const deep of [true, false]) {
      const traced = this.trace(deep)
      const marked = traced && pick(traced.plan)
      if (marked === undefined || !traced) continue
      const text = readMarks(marked, traced.tracer.files)
      if (text.sql === sql) return text
    }
    return undefined
  }

  private trace(deep: boolean) {
    const index = deep ? 0 : 1
    if (!(index in this.compiled)) this.compiled[index] = this.compile(deep)
    return this.compiled[index]
  }

  private compile(deep: boolean) {
    const tracer = new Tracer(deep)
    try {
      return { plan: planToCheck(compileGraph(this.project, { ...this.options, tracer })), tracer }
    } catch (cause) {
      if (!(cause instanceof Faults)) throw cause
      return undefined // a template computes with what is marked
    }
  }
}
