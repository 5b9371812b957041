// Graph + selection -> Plan: every statement that a run executes, in order, as data. `run` executes it, `compile` writes
// it down; neither adds anything.

import { type Catalog, suffixes, type Table } from './catalog.js'
import { collectFaults } from './collect_faults.js'
import { wholeHistory } from './custom_model_statements.js'
import type { StepTest } from './data_tests/run_test.js'
import { testBatches, whyNotTested } from './data_tests/test_statements.js'
import { type Diagnostic, error, Faults } from './diagnostics.js'
import type { GraphNode, ModuleLife, ProjectGraph } from './graph.js'
import { closeRun, openRun } from './metadata.js'
import { historyFaults, readTable, relationsRead, type StepTrace } from './model_sql.js'
import { modelBatches } from './model_statements.js'
import { destroyBatches } from './module_drops.js'
import { commitBatches, completeBatches, setupBatches } from './module_statements.js'
import { type Relation, sqlName } from './relation.js'
import { setLimits } from './scan_limits.js'
import { readSeed, type SeedRows, seedBatches } from './seed.js'
import { packagePrefix } from './source_file.js'
import { type Batch, inOrder, type Statement } from './statement.js'
import { beside, createSchema, type ModelTable, type StatementContext } from './table_statements.js'
import type { Variables } from './variables.js'

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
}

export interface PlanInput extends StatementContext {
  readonly version: { readonly name: string; readonly version: string }
  /** Column types that the project gives for a seed. */
  seedTypes(seed: string): Readonly<Record<string, string>>
}

/**
 * @param input `selected` names the nodes to plan
 * @throws Faults `no-history`: a rebuild that would have to read what nobody keeps; `bad-seed`
 */
export function makePlan(input: PlanInput): Plan {
  const { project } = input
  const nodes = project.order.filter(id => input.selected.has(id)).map(id => project.graph.node(id))
  const faults: Diagnostic[] = nodes.flatMap(node => [
    ...(node.kind === 'model' && node.table?.model ? historyFaults(input, node.table.model) : []),
    ...(node.kind === 'setup' ? readsAsItComes(input, node) : []),
  ])
  const steps = nodes
    .map(node => collectFaults(faults, () => makeStep(input, node, nodes)))
    .filter(step => step !== undefined)
    .filter(step => step.batches.length > 0 || step.seed)
  if (faults.length > 0) throw new Faults(faults)
  const lives = nodes.some(node => isLife(node.kind))
  const ids = new Set(steps.map(({ id }) => id))
  return {
    preflight: preflight(input, nodes),
    beginning: [],
    opening: [
      createSchemas(input, nodes, lives),
      ...(lives
        ? [
            openRun(
              input,
              nodes.some(node => node.kind === 'setup'),
            ),
          ]
        : []),
    ].filter(batch => batch.statements.length > 0),
    steps: steps.map(step => ({
      ...step,
      after: nearestSteps(project, step.id, ids),
      behind: touchesRunId(input, project.graph.node(step.id), nodes) ? livesBefore(steps, step) : [],
    })),
    closing: lives ? [closeRun(input.dialect, project.catalog)] : [],
    afterwards: [],
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

function makeStep(plain: PlanInput, node: GraphNode, nodes: readonly GraphNode[]): Step {
  const madeOf = nothingYet()
  const input = { ...plain, trace: madeOf, variables: noting(plain.variables, madeOf) }
  const types = input.seedTypes(node.id)
  const seed = node.table?.seed && {
    table: node.table,
    rows: readSeed(node.table.seed, node.table, types),
    analyze: input.dialect.analyze(node.table.relation, 'durable'),
  }
  return {
    id: node.id,
    kind: node.kind,
    file: node.table && projectFile(node.table),
    materialized: node.table?.kind,
    module: node.kind === 'seed' ? 'seeds' : (node.module?.name ?? 'custom'),
    after: [],
    behind: [],
    batches: seed
      ? seedBatches(input.dialect, seed.table, types, seed.rows)
      : setLimits(input.dialect, nodeBatches(input, node, nodes)),
    seed,
    test: stepTest(input, node),
    madeOf,
  }
}

function stepTest(input: PlanInput, { table }: GraphNode): StepTest | undefined {
  const model = table?.model
  if (!table || !model?.test) return undefined
  return {
    ...model.test,
    keptIn: model.test.config.store_failures ? sqlName(table.relation) : undefined,
    unless: whyNotTested(input, { ...table, model }),
  }
}

const nothingYet = (): StepTrace => ({ models: new Set(), variables: new Map() })

const noting = (variables: Variables, { variables: noted }: StepTrace): Variables => ({
  ...variables,
  value(module, name) {
    const value = variables.value(module, name)
    if (value !== undefined) noted.set(name, value)
    return value
  },
})

function projectFile({ model, seed }: Table): string | undefined {
  const file = model?.file ?? seed?.path
  return file?.startsWith(packagePrefix) ? undefined : file
}

function nodeBatches(input: PlanInput, node: GraphNode, nodes: readonly GraphNode[]): readonly Batch[] {
  const { table } = node
  if (node.kind === 'model' && table?.model) return modelBatches(input, { ...table, model: table.model })
  if (node.kind === 'test' && table?.model) return testBatches(input, { ...table, model: table.model })
  const life = node.module && input.project.lives.get(node.module.name)
  if (!life) return []
  if (node.kind === 'setup') return setupBatches(input, life, followsEnd(input, node, nodes))
  if (node.kind === 'commit') return commitBatches(input, life, input.version)
  if (node.kind === 'complete') return completeBatches(input, life, endsRun(input, node, nodes))
  return []
}

/** `auto` ends the run on the last complete step of the plan. */
function endsRun(input: PlanInput, node: GraphNode, nodes: readonly GraphNode[]): boolean {
  if (node.kind !== 'complete') return false
  const value = input.variables.value(node.module?.name, 'ends_run')
  const last = nodes.filter(other => other.kind === 'complete').at(-1)
  return value === true || (value !== false && last === node)
}

/** Whether a complete step of the plan has ended the run before it, so that it begins another. */
const followsEnd = (input: PlanInput, node: GraphNode, nodes: readonly GraphNode[]): boolean =>
  nodes.slice(0, nodes.indexOf(node)).some(other => endsRun(input, other, nodes))

/** A step that makes or drops the run id has its place among the others, whatever the edges say. */
const touchesRunId = (input: PlanInput, node: GraphNode, nodes: readonly GraphNode[]): boolean =>
  endsRun(input, node, nodes) || (node.kind === 'setup' && followsEnd(input, node, nodes))

/** A run id that a complete step drops is read by every step of a module's life before it. */
const livesBefore = (steps: readonly Step[], last: Step): readonly string[] =>
  steps.slice(0, steps.indexOf(last)).flatMap(({ id, kind }) => (isLife(kind) ? [id] : []))

const isLife = (kind: Step['kind']): boolean => kind === 'setup' || kind === 'commit' || kind === 'complete'

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

/** Tables that the plan reads and does not make itself have to be there. */
function preflight(input: PlanInput, nodes: readonly GraphNode[]): readonly Statement[] {
  const { dialect, project } = input
  const made = new Set(nodes.flatMap(node => madeBy(project.catalog, node)).map(sqlName))
  const removed = new Set(
    [...project.catalog.tables.values()]
      .filter(({ kind }) => kind === 'removed')
      .map(({ relation }) => sqlName(relation)),
  )
  const read = new Map<string, NeededInput>()
  const need = (relation: Relation, reader: string, unless?: Relation): void => {
    const name = sqlName(relation)
    if (!made.has(name) && !read.has(name)) read.set(name, { reader, onlyOnce: unless })
  }
  for (const node of nodes) {
    const life = node.module && project.lives.get(node.module.name)
    if (life && node.kind === 'setup')
      for (const table of life.inputs.filter(isGiven)) need(readTable(input, table).relation, node.id)
    if (life && node.kind === 'complete')
      for (const table of life.inputs.filter(isGiven)) need(table.relation, node.id)
    if (node.kind === 'model' && node.table?.model) {
      const table = { ...node.table, model: node.table.model }
      for (const { relation, unless } of modelNeeds(input, table, removed)) need(relation, node.id, unless)
    }
  }
  return [...read].sort().map(([name, { reader, onlyOnce }]) => {
    const [schema = '', table = ''] = name.split('.')
    return {
      purpose: `whether ${name} is there`,
      check: 'missing-input-table',
      sql: `select ${dialect.literal(name)} as relation, ${dialect.literal(reader)} as reader, ${dialect.literal(filler(project.catalog, name))} as filled_by
where not (${dialect.tableExists({ schema, name: table })})${onlyOnce ? `\n    and (${dialect.tableExists(onlyOnce)})` : ''}`,
    }
  })
}

interface NeededInput {
  readonly reader: string
  /** It is read only where this one is there already. */
  readonly onlyOnce: Relation | undefined
}

/** The table of removed groups is made by the setup of the module that reads it. */
const isGiven = (table: Table): boolean => table.kind !== 'removed'

/**
 * What a model's step reads; one that is new here and can read all of history needs that instead of one run's rows.
 * @param removed names of tables of removed groups, which setup makes
 */
function modelNeeds(
  input: PlanInput,
  table: ModelTable,
  removed: ReadonlySet<string>,
): readonly { readonly relation: Relation; readonly unless?: Relation }[] {
  if (table.kind === 'ephemeral') return []
  const usual = relationsRead(input, table.model).filter(relation => !removed.has(sqlName(relation)))
  const whole = table.module ? undefined : wholeHistory(input, table)
  if (!whole) return usual.map(relation => ({ relation }))
  const history = relationsRead(whole, table.model)
  return [
    ...history.map(relation => ({ relation })),
    ...usual.map(relation => ({ relation, unless: table.relation })),
  ]
}

/** What fills a table, in words, for the person who finds it missing. */
function filler(catalog: Catalog, name: string): string {
  const table = [...catalog.tables.values()].find(entry => sqlName(entry.relation) === name)
  if (!table) return 'It is a source: load it first, or correct its schema.'
  if (table.kind === 'seed' || table.seed) return 'It is a seed: load it with seshat seed.'
  if (table.kind === 'external')
    return `It belongs to module ${table.module?.name}, which this project does not run; whoever fills it has to create it.`
  const main = table.module ? ` --select ${table.module.name}` : ` --select ${table.name}`
  return `Make it with: seshat run${main}${table.kind === 'scratch' ? ' (the complete step has dropped it)' : ''}`
}

function madeBy(catalog: Catalog, node: GraphNode): readonly Relation[] {
  if (node.kind === 'seed' || node.kind === 'model') {
    const own = node.table ? [node.table.relation] : []
    const replaced = catalog.tables.get(`${node.id}_replaced`)
    return replaced?.kind === 'replaced' ? [...own, replaced.relation] : own
  }
  return []
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
  }
}
