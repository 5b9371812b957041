// The pipeline, read from top to bottom: project -> models -> catalog -> graph -> selection -> plan. Pure: files and
// variables in, a plan out.

import type { Dialect } from '../adapters/dialect.js'
import { buildCatalog } from './catalog.js'
import type { Diagnostic } from './diagnostics.js'
import { buildGraph, type ProjectGraph } from './graph.js'
import { type ParsedModel, parseModels } from './parse.js'
import { makePlan, type Plan, type PlanInput } from './plan.js'
import type { Project } from './project.js'
import { selectNodes } from './select.js'

export interface CompileOptions {
  readonly dialect: Dialect
  /** What templates see as `target.name`. */
  readonly target: string
  readonly select: readonly string[]
  readonly exclude: readonly string[]
  readonly fullRefresh: boolean
}

export interface Compiled {
  readonly project: Project
  readonly models: readonly ParsedModel[]
  readonly graph: ProjectGraph
  /** Node ids in the order of the plan. */
  readonly selected: readonly string[]
  readonly input: PlanInput
  readonly warnings: readonly Diagnostic[]
}

/** @throws Faults (2): the faults of the first stage that has any, all of that stage */
export function compileGraph(project: Project, options: CompileOptions): Compiled {
  const models = parseModels(project, options.dialect, { name: options.target })
  const catalog = buildCatalog(project, models)
  const graph = buildGraph(project, models, catalog)
  const selection = selectNodes(graph, options.select, options.exclude)
  const input: PlanInput = {
    project: graph,
    dialect: options.dialect,
    variables: project.variables,
    selected: new Set(selection.nodes),
    fullRefresh: options.fullRefresh,
    seedTypes: seed => project.settings.seeds[seed]?.column_types ?? {},
    version: { name: project.model.name, version: project.model.version },
  }
  return { project, models, graph, selected: selection.nodes, input, warnings: selection.warnings }
}

/** @throws Faults (2) as compileGraph, and `no-history` */
export function compilePlan(project: Project, options: CompileOptions): Compiled & { readonly plan: Plan } {
  const compiled = compileGraph(project, options)
  return { ...compiled, plan: makePlan(compiled.input) }
}
