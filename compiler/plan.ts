// Graph + selection -> Plan: every statement that a run executes, in order, as data. `run` executes it, `compile` writes
// it down; neither adds anything.

import { type Rest, restsOf } from './at_rest.js'
import { suffixes, type Table } from './catalog.js'
import { collectFaults } from './collect_faults.js'
import type { StepTest } from './data_tests/run_test.js'
import { type Diagnostic, error, Faults } from './diagnostics.js'
import type { GraphNode, ProjectGraph } from './graph.js'
import { handingOn } from './handed_on.js'
import { closeRun, openRun } from './metadata.js'
import { historyFaults, type StepTrace } from './model_sql.js'
import { destroyBatches } from './module_drops.js'
import type { ModuleLife } from './module_life.js'
import { makeStep, nothingYet } from './plan_step.js'
import { preflight } from './preflight.js'
import { noQuestions, type ReportQuestions, reportQuestions } from './report_questions.js'
import { isLife, livesBefore, touchesRunId } from './run_ends.js'
import type { SeedRows } from './seed.js'
import { askCatalog } from './standing.js'
import { type Batch, inOrder, type Statement } from './statement.js'
import { beside, createSchema, type StatementContext } from './table_statements.js'
import type { UnitTest } from './unit_tests/unit_test.js'

export interface Step {
  /** The id of its node in the graph. */
  readonly id: string
  readonly kind: GraphNode['kind'] | 'swap' | 'destroy'
  /** The file of the project that it comes from; undefined for steps of the standard model and of the life cycle. */
  readonly file: string | undefined
  readonly materialized: string | undefined
  /** The module it belongs to; 'custom' for models that read none, 'seeds' for seeds. */
  readonly module: string
  /** Ids of steps of this plan that have to succeed before it. */
  readonly after: readonly string[]
  /** Ids of steps of this plan that have to have ended before it, however they ended. */
  readonly behind: readonly string[]
  readonly batches: readonly Batch[]
  readonly seed: SeedLoad | undefined
  /** A step without statements, which runs on a database of its own. */
  readonly unitTest?: UnitTest
  readonly test?: StepTest | undefined
  readonly madeOf: StepTrace
}

/** Where a step's statements stand in target/compiled, below the folder of its target. */
export const compiledPath = (step: Pick<Step, 'module' | 'id'>): string => `${step.module}/${step.id}.sql`

/** A file to load: its rows cannot be statements of a reviewed plan, its target can. */
export interface SeedLoad {
  readonly table: Table
  readonly rows: SeedRows
  /** What tells the planner about the rows once they are there. */
  readonly analyze: string | undefined
}

export interface Plan {
  /** Questions to ask before anything is changed. */
  readonly preflight: readonly Statement[]
  /** Before everything else, once. */
  readonly beginning: readonly Batch[]
  /** The first statements of a run and the last; the last run however it ends. */
  readonly opening: readonly Batch[]
  /** One run. An invocation may repeat it until it has caught up with its input. */
  readonly steps: readonly Step[]
  readonly closing: readonly Batch[]
  /** After the last run, once. */
  readonly afterwards: readonly Step[]
  /** What is asked when it is over, to be told; it changes nothing. */
  readonly report: ReportQuestions
}

export interface PlanInput extends StatementContext {
  readonly version: { readonly name: string; readonly version: string }
  /** Of how many days the report counts rows. */
  readonly reportDays: number
  /** Column types that the project gives for a seed. */
  seedTypes(seed: string): Readonly<Record<string, string>>
}

/**
 * @param given `selected` names the nodes to plan
 * @throws Faults `no-history`: a rebuild that would have to read what nobody keeps; `bad-seed`
 */
export function makePlan(given: PlanInput): Plan {
  const { handedOn, nodes, waits, early } = handingOn(given)
  const input = { ...given, handedOn }
  const { project } = input
  const faults: Diagnostic[] = nodes.flatMap(node => [
    ...(node.kind === 'model' && node.table?.model ? historyFaults(input, node.table.model) : []),
    ...(node.kind === 'setup' ? readsAsItComes(input, node) : []),
  ])
  const rests = restsOf(input, nodes)
  const steps = nodes
    .map(node => collectFaults(faults, () => makeStep(input, node, nodes, rests)))
    .filter(step => step !== undefined)
    .filter(step => step.batches.length > 0 || step.seed || step.unitTest)
  if (faults.length > 0) throw new Faults(faults)
  const lives = nodes.some(node => isLife(node.kind))
  const ids = new Set(steps.map(({ id }) => id))
  const begins = nodes.some(node => node.kind === 'setup')
  const opening = [createSchemas(input, nodes, lives), ...(lives ? [openRun(input, begins)] : [])]
  const closing = lives ? [closeRun(input.dialect, project.catalog)] : []
  const all = [...opening, ...steps.flatMap(({ batches }) => batches), ...closing]
  return {
    preflight: preflight(input, nodes),
    beginning: [],
    opening: [askCatalog(input.dialect, all), ...opening].filter(batch => batch.statements.length > 0),
    steps: steps.map(step => ({
      ...step,
      after: [
        ...new Set([
          ...nearestSteps(project, step.id, ids).flatMap(id => early.get(step.id)?.get(id) ?? [id]),
          ...asksBefore(rests, step, ids),
          ...(waits.get(step.id) ?? []),
        ]),
      ]
        .filter(id => ids.has(id))
        .sort(),
      behind: touchesRunId(input, project.graph.node(step.id), nodes) ? livesBefore(steps, step) : [],
    })),
    closing,
    afterwards: [],
    report: reportQuestions(input),
  }
}

/** A module without a staged table before it has nothing that it could be computed from again, day by day. */
function readsAsItComes({ reach, project }: PlanInput, { module }: GraphNode): readonly Diagnostic[] {
  const life = module && project.lives.get(module.name)
  if (reach.kind !== 'backfill' || !life || life.inputs.length > 0) return []
  return [
    error('no-history', `module ${life.module.name} reads its input as it comes, not by days`, {
      hint: 'Select a module or model behind it, or read everything again: --full-refresh.',
    }),
  ]
}

/** Every schema that the steps write to, before two of them could want to create one at once. */
function createSchemas(input: PlanInput, nodes: readonly GraphNode[], lives: boolean): Batch {
  const { catalog } = input.project
  const schemasOfModule = (name?: string): readonly string[] =>
    (['scratch_schema', 'output_schema'] as const).map(
      variable => catalog.privateRelation(variable, '', name).schema,
    )
  const schemasOf = ({ kind, module, table }: GraphNode): readonly string[] => {
    if (isLife(kind)) return schemasOfModule(module?.name)
    if (kind === 'test' && table?.model?.test?.config.store_failures) return [table.relation.schema]
    if (!table || (kind !== 'seed' && (kind !== 'model' || table.module || table.kind === 'ephemeral')))
      return []
    const rows = kind === 'seed' || table.kind === 'view' ? [] : [beside(input, table, suffixes.rows).schema]
    return [table.relation.schema, ...rows]
  }
  const schemas = new Set([...(lives ? schemasOfModule() : []), ...nodes.flatMap(schemasOf)])
  return inOrder(...[...schemas].map(schema => createSchema(input, schema)))
}

/**
 * The steps of the plan that come right before one, over nodes that the plan leaves out or that do nothing. A test waits for
 * no other: where the models between them are left out, each looks at what is there.
 */
function nearestSteps(project: ProjectGraph, id: string, steps: ReadonlySet<string>): readonly string[] {
  const isTest = (node: string): boolean => project.graph.node(node).kind === 'test'
  const found = new Set<string>()
  const seen = new Set<string>()
  const queue = [...(project.graph.predecessors(id) ?? [])]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    if (steps.has(next) && !(isTest(id) && isTest(next))) found.add(next)
    else queue.push(...(project.graph.predecessors(next) ?? []))
  }
  return [...found].sort()
}

/** What has to be known of the module before a step of its own, or before it is asked. */
function asksBefore(
  rests: ReadonlyMap<string, Rest>,
  { id, module, batches }: Step,
  ids: ReadonlySet<string>,
): readonly string[] {
  const rest = rests.get(module)
  if (!rest) return []
  if (id === rest.asksAt) return [...rest.behind].filter(behind => ids.has(behind))
  return batches.some(({ when }) => when) ? [rest.asksAt] : []
}

/** The plan that drops all tables of the modules, the last module first. */
export function makeDestroyPlan(input: PlanInput, modules: readonly ModuleLife[]): Plan {
  const order = [...input.project.lives.values()].filter(life => modules.includes(life)).reverse()
  return {
    preflight: [],
    beginning: [],
    opening: [],
    steps: order.map((life, index) => ({
      id: `${life.module.name}.destroy`,
      kind: 'destroy',
      file: undefined,
      materialized: undefined,
      module: life.module.name,
      after: [],
      behind: order.slice(0, index).map(({ module }) => `${module.name}.destroy`),
      batches: destroyBatches(input, life),
      seed: undefined,
      madeOf: nothingYet(),
    })),
    closing: [],
    afterwards: [],
    report: noQuestions,
  }
}
