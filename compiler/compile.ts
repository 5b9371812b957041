// The pipeline, read from top to bottom: project -> models -> catalog -> graph -> selection -> plan. Pure: files and
// variables in, a plan out.

import type { Dialect } from '../adapters/dialect.js'
import { buildCatalog } from './catalog.js'
import type { Diagnostic } from './diagnostics.js'
import { buildGraph, isTestKind, type ProjectGraph } from './graph.js'
import type { Reach } from './model_sql.js'
import { type ParsedModel, type ParsedProject, parseModels } from './parse.js'
import type { KeptModels } from './parsed_models.js'
import { makePlan, type Plan, type PlanInput } from './plan.js'
import type { Project } from './project.js'
import { ownValue } from './records.js'
import { replayPlan } from './replay.js'
import { type ChangedNodes, selectNodes } from './select.js'
import type { Tracer } from './template_trace.js'
import { unitTestsOf } from './unit_tests/unit_test.js'

export interface CompileOptions {
  readonly dialect: Dialect
  /** What templates see as `target.name`. */
  readonly target: string
  readonly select: readonly string[]
  readonly exclude: readonly string[]
  readonly fullRefresh: boolean
  /** Which tests come along; others are left out unless nothing else is selected. */
  readonly tests?: 'data' | 'all'
  /** Nothing but tests is wanted. */
  readonly onlyTests?: boolean
  /** Knows the unit tests of the standard model too. */
  readonly standardUnitTests?: boolean
  /** What `state:` selects from. */
  readonly changed?: ChangedNodes | undefined
  /** Days to compute again, both included, as `2024-01-31`. */
  readonly backfill?: { readonly from: string; readonly to: string } | undefined
  /** Marks every piece of the statements with where it comes from. */
  readonly tracer?: Tracer
  /** Models that are parsed already, from another process too. */
  readonly kept?: KeptModels
  /** Is told of the models as soon as they are parsed. */
  readonly parsed?: (models: readonly ParsedModel[], dialect: Dialect) => void
}

export interface Compiled {
  readonly project: Project
  readonly models: readonly ParsedModel[]
  readonly macros: ParsedProject['macros']
  readonly graph: ProjectGraph
  /** Node ids in the order of the plan. */
  readonly selected: readonly string[]
  readonly input: PlanInput
  readonly warnings: readonly Diagnostic[]
}

/** @throws Faults: those of the first stage that has any, all of that stage */
export function compileGraph(project: Project, options: CompileOptions): Compiled {
  const { dialect, target, tracer, kept } = options
  const { models, macros } = parseModels(project, dialect, { name: target }, tracer, kept)
  options.parsed?.(models, dialect)
  const catalog = buildCatalog(project, models)
  const unitTests = unitTestsOf(project, options.standardUnitTests ?? false)
  const graph = buildGraph(project, models, catalog, unitTests)
  const { select, exclude, changed, onlyTests } = options
  const selection = selectNodes(graph, select, exclude, project.selectors, changed, onlyTests)
  const nodes = withoutTests(graph, selection.nodes, options.tests)
  const selected = new Set(nodes)
  const input: PlanInput = {
    project: graph,
    dialect,
    variables: project.variables,
    selected,
    reach: reachOf(options, graph, selected),
    seedTypes: seed => ownValue(project.settings.seeds, seed)?.column_types ?? {},
    reportDays: project.settings.reports.days,
    version: { name: project.model.name, version: project.model.version },
  }
  return { project, models, macros, graph, selected: nodes, input, warnings: selection.warnings }
}

/** A full refresh starts from the events where the module that reads them is part of it. */
function reachOf(
  { fullRefresh, backfill }: CompileOptions,
  graph: ProjectGraph,
  selected: ReadonlySet<string>,
): Reach {
  if (backfill) return { kind: 'backfill', ...backfill }
  if (!fullRefresh) return { kind: 'new' }
  const fromEvents = [...graph.lives.values()].some(
    ({ module }) => module.definition.reports.progress && selected.has(`${module.name}.commit`),
  )
  return { kind: fromEvents ? 'replay' : 'rebuild' }
}

export type CompiledPlan = Compiled & { readonly plan: Plan }

/** @throws Faults as compileGraph, and `no-history` */
export function compilePlan(project: Project, options: CompileOptions): CompiledPlan {
  const compiled = compileGraph(project, options)
  return { ...compiled, plan: planOf(compiled, compiled.input) }
}

/** The plan of some of what is selected. */
export function planOf({ project, models }: Compiled, input: PlanInput): Plan {
  if (input.reach.kind !== 'replay') return makePlan(input)
  const { tests, others } = partedByTests(input.project, [...input.selected])
  const rebuilt = new Set(others)
  const isUnitTest = (id: string): boolean => input.project.graph.node(id).kind === 'unit_test'
  const unitTests = input.project.order.flatMap(id => input.project.graph.node(id).unitTest ?? [])
  const aside: PlanInput = {
    ...input,
    selected: new Set([...tests.filter(isUnitTest), ...others]),
    project: buildGraph(project, models, buildCatalog(project, models, true), unitTests),
  }
  const plan = replayPlan(makePlan(aside), aside, { ...input, selected: rebuilt })
  const checks = makePlan({ ...input, selected: new Set(tests.filter(id => !isUnitTest(id))) })
  return { ...plan, afterwards: [...plan.afterwards, ...checks.steps] }
}

function withoutTests(
  { graph }: ProjectGraph,
  ids: readonly string[],
  kept: CompileOptions['tests'],
): readonly string[] {
  const isKept = (kind: string): boolean =>
    kept === 'all' || !(kept === 'data' ? kind === 'unit_test' : isTestKind(kind))
  const rest = ids.filter(id => isKept(graph.node(id).kind))
  return rest.length === 0 ? ids : rest
}

function partedByTests({ graph }: ProjectGraph, ids: readonly string[]) {
  const isTest = (id: string): boolean => isTestKind(graph.node(id).kind)
  return { tests: ids.filter(isTest), others: ids.filter(id => !isTest(id)) }
}
