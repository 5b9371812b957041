// The nodes of a plan -> which modules may find that there is nothing new, where they ask, and which of their steps run all
// the same. What a module then leaves out is provably without effect: its models read nothing but empty inputs.

import { isScratchView, type Table } from './catalog.js'
import { type GraphNode, lifeNode } from './graph.js'
import { isSettled } from './metadata_at_rest.js'
import { selectOf } from './model_sql.js'
import type { ModuleLife } from './module_life.js'
import type { PlanInput } from './plan.js'
import { sqlName } from './relation.js'
import { type Batch, inOrder, type Need, type Statement } from './statement.js'
import { isMissing, isThere, type StatementContext } from './table_statements.js'

export interface Rest {
  readonly module: string
  /** The node at whose end it asks. */
  readonly asksAt: string
  /** Nodes that have to have ended before it asks. */
  readonly behind: ReadonlySet<string>
  /** Models of the module that run in any case: the question reads them, or somebody outside of the module does. */
  readonly always: ReadonlySet<string>
}

/**
 * By the name of their modules. A module is among them only where the plan has all of its life, so that what is not built
 * would have been dropped at its end; and where no hook and no table that is to be kept would be missed.
 */
export function restsOf(input: PlanInput, nodes: readonly GraphNode[]): ReadonlyMap<string, Rest> {
  const found = [...input.project.lives.values()].flatMap(life => restOf(input, life, nodes) ?? [])
  return new Map(found.map(rest => [rest.module, rest]))
}

function restOf(input: PlanInput, life: ModuleLife, nodes: readonly GraphNode[]): Rest | undefined {
  const { module } = life
  const { work } = module.definition
  const own = [...input.project.catalog.tables.values()].filter(
    table => table.module === module && table.model?.name === table.name && table.kind !== 'test',
  )
  const isWhole = [
    ...(['setup', 'commit', 'complete'] as const).map(step => lifeNode(module.name, step)),
    ...own.map(({ name }) => name),
  ].every(id => input.selected.has(id))
  const hasHooks = own.some(({ config }) => [config.pre_hook, config.post_hook].some(hook => hook?.length))
  const keepsScratch = input.variables.value(module.name, 'cleanup_mode') !== 'all'
  if (!work || !isWhole || hasHooks || keepsScratch || input.reach.kind !== 'new') return undefined
  if (work === 'inputs' && life.inputs.length === 0) return undefined
  const asked = work === 'inputs' ? [] : [work.rows, work.progress, work.left_out]
  const read = upwards(
    input,
    module.name,
    asked.filter(name => name !== undefined),
  )
  const asksAt = nodes.filter(({ id }) => read.has(id) && hasStep(input, id)).at(-1)
  const outside = nodes.filter(({ table }) => table?.model && table.module !== module).flatMap(readByNode)
  return {
    module: module.name,
    asksAt: asksAt?.id ?? lifeNode(module.name, 'setup'),
    behind: new Set([...read].filter(id => id !== asksAt?.id)),
    always: new Set([
      ...read,
      ...upwards(
        input,
        module.name,
        outside.filter(name => isFleeting(input, name)),
      ),
    ]),
  }
}

/** Whether it asks before any of its models has run, at the end of its setup. */
export const asksInSetup = ({ module, asksAt }: Rest): boolean => asksAt === lifeNode(module, 'setup')

/** What it names of other models. */
const readByNode = ({ table }: GraphNode): readonly string[] => [
  ...(table?.model?.refs ?? []).map(({ name }) => name),
  ...(table?.config.replaces ? [table.config.replaces] : []),
]

/** Whether it is not there, or lacks columns, unless its step has run. */
function isFleeting({ project }: PlanInput, name: string): boolean {
  const table = project.catalog.tables.get(name)
  if (!table) return false
  const hasColumnsAdded = (table.config.extra_columns?.length ?? 0) > 0
  return ['scratch', 'ephemeral', 'replaced'].includes(table.kind) || isScratchView(table) || hasColumnsAdded
}

const hasStep = ({ project }: PlanInput, id: string): boolean => {
  const kind = project.catalog.tables.get(id)?.kind
  return kind !== undefined && kind !== 'ephemeral'
}

/** These models and all of their module that they read, as the names of the nodes that make them. */
function upwards(input: PlanInput, module: string, names: readonly string[]): ReadonlySet<string> {
  const { tables } = input.project.catalog
  const found = new Set<string>()
  const queue = [...names]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const model = tables.get(next)?.model
    if (!model || tables.get(next)?.module?.name !== module || found.has(model.name)) continue
    found.add(model.name)
    const config = tables.get(model.name)?.config
    queue.push(...model.refs.map(({ name }) => name), ...(config?.replaces ? [config.replaces] : []))
  }
  return found
}

/** Batches that are left out where the module finds nothing new. */
export const withWork = (rest: Rest | undefined, batches: readonly Batch[]): readonly Batch[] =>
  rest ? batches.map(batch => ({ ...batch, when: { module: rest.module, finds: 'something' } })) : batches

/** What runs in their place. */
export const atRest = (rest: Rest | undefined, batches: readonly Batch[]): readonly Batch[] =>
  rest ? batches.map(batch => ({ ...batch, when: { module: rest.module, finds: 'nothing' } })) : []

/**
 * Whether the module has nothing to do: nothing to read, no history to catch up with, its tables noted when it first ran, and
 * no earlier part of this run that it would have to put another in the place of.
 */
export function askForWork(context: StatementContext, life: ModuleLife): Batch {
  const { dialect, project } = context
  const { module, inputs } = life
  const { work } = module.definition
  const production = life.committed.find(({ kind }) => kind === 'incremental')
  const rows = typeof work === 'object' ? project.catalog.tables.get(work.rows)?.model : undefined
  const histories = new Set(production ? inputs.flatMap(input => historyOf(context, input) ?? []) : [])
  const isEmpty = ({ relation }: Table): string => `not exists (select 1 from ${sqlName(relation)})`
  const ask = (needs: readonly Need[], more: readonly string[]): Statement => {
    const conditions = [
      ...(rows ? [`not exists (select 1 from (\n${selectOf(context, rows)}\n) as w)`] : []),
      ...inputs.map(isEmpty),
      ...more,
      ...isSettled(context, module, life.committed),
    ]
    const purpose = `whether ${module.name} has nothing to do`
    return { purpose, needs, findsNothing: module.name, sql: `select ${conditions.join('\n    and ')}` }
  }
  if (!production || histories.size === 0) return inOrder(ask([], []))
  return inOrder(
    ask(
      [...histories].map(({ relation }) => isThere(dialect, relation)),
      [...histories].map(history => `(${isEmpty(history)} or not ${isEmpty(production)})`),
    ),
    ask(
      [...histories].map(({ relation }) => isMissing(dialect, relation)),
      [],
    ),
  )
}

/** The production table from which a staged table that has missed rows gets them. */
export const historyOf = ({ project }: StatementContext, { config }: Table): Table | undefined =>
  config.history === undefined ? undefined : project.catalog.tables.get(config.history)
