// The nodes of a plan -> which modules may find that there is nothing new, where they ask, and which of their steps run all
// the same. What a module then leaves out is provably without effect: its models read nothing but empty inputs. Modules that
// hand rows on from one to the next rest together.

import { isOfOneRun, type Table } from './catalog.js'
import { type GraphNode, lifeNode, namesReadBy } from './graph.js'
import { givers, runsWhole } from './handed_on.js'
import { isSettled } from './metadata_at_rest.js'
import { hasHooks } from './model_config.js'
import { selectOf } from './model_sql.js'
import type { Module } from './module.js'
import { type ModuleLife, ownTables } from './module_life.js'
import type { PlanInput } from './plan.js'
import { type Relation, sqlName } from './relation.js'
import { type Batch, inOrder, type Need, type Statement } from './statement.js'
import { isMissing, isThere, type StatementContext } from './table_statements.js'

export interface Rest {
  /** The module that asks: this one, or the first of those that hand rows on to it, which rest only together. */
  readonly module: string
  /** The node at whose end it asks. */
  readonly asksAt: string
  /** Nodes that have to have ended before it asks. */
  readonly behind: ReadonlySet<string>
  /** Models of the module that run in any case: the question reads them, or somebody outside of these modules does. */
  readonly always: ReadonlySet<string>
  /** The modules that rest together, the one that asks first. */
  readonly together: readonly ModuleLife[]
}

/**
 * By the name of their modules. A module is among them only where the plan has all of its life, so that what is not built
 * would have been dropped at its end; and where no hook and no table that is to be kept would be missed.
 */
export function restsOf(input: PlanInput, nodes: readonly GraphNode[]): ReadonlyMap<string, Rest> {
  const lives = [...input.project.lives.values()]
  const before = (life: ModuleLife): readonly ModuleLife[] => givers(input.project, input.handedOn, life)
  const found = lives
    .filter(life => before(life).length === 0)
    .map(life => [life, ...lives.filter(other => before(other).includes(life))])
    .filter(together => together.every(life => mayRest(input, life)))
    .flatMap(together => restOf(input, together, nodes))
  return new Map(found)
}

function mayRest(input: PlanInput, { module, inputs }: ModuleLife): boolean {
  const { work } = module.definition
  const isHooked = ownTables(input.project.catalog, module).some(({ config }) => hasHooks(config))
  const keepsScratch = input.variables.value(module.name, 'cleanup_mode') !== 'all'
  if (!work || isHooked || keepsScratch || input.reach.kind !== 'new') return false
  return runsWhole(input, module) && (work !== 'inputs' || inputs.length > 0)
}

function restOf(
  input: PlanInput,
  together: readonly ModuleLife[],
  nodes: readonly GraphNode[],
): readonly (readonly [string, Rest])[] {
  const modules = new Set(together.map(({ module }) => module))
  const first = together[0]?.module
  if (!first) return []
  const { work } = first.definition
  const asked = typeof work === 'object' ? [work.rows, work.progress, work.left_out] : []
  const read = upwards(
    input,
    modules,
    asked.filter(name => name !== undefined),
  )
  const asksAt = nodes.filter(({ id }) => read.has(id) && hasStep(input, id)).at(-1)
  const outside = nodes
    .filter(({ table }) => table?.model && !(table.module && modules.has(table.module)))
    .flatMap(namesReadBy)
    .filter(name => isFleeting(input, name))
  const rest: Rest = {
    module: first.name,
    asksAt: asksAt?.id ?? lifeNode(first.name, 'setup'),
    behind: new Set([...read].filter(id => id !== asksAt?.id)),
    always: new Set([...read, ...upwards(input, modules, outside)]),
    together,
  }
  return together.map(({ module }) => [module.name, rest])
}

/** Whether a module asks before any of its models has run, at the end of its setup. */
export const asksInSetup = ({ asksAt }: Rest, { name }: Module): boolean => asksAt === lifeNode(name, 'setup')

/** Whether the answer is there when a module's setup has ended. */
export const isAskedBySetup = (rest: Rest, module: Module): boolean =>
  asksInSetup(rest, module) || rest.module !== module.name

/** Whether it is not there, or lacks columns, unless its step has run. */
function isFleeting({ project }: PlanInput, name: string): boolean {
  const table = project.catalog.tables.get(name)
  if (!table) return false
  const hasColumnsAdded = (table.config.extra_columns?.length ?? 0) > 0
  return isOfOneRun(table) || table.kind === 'ephemeral' || hasColumnsAdded
}

const hasStep = ({ project }: PlanInput, id: string): boolean => {
  const kind = project.catalog.tables.get(id)?.kind
  return kind !== undefined && kind !== 'ephemeral'
}

/** These models and all of their modules that they read, as the names of the nodes that make them. */
function upwards(
  input: PlanInput,
  modules: ReadonlySet<Module>,
  names: readonly string[],
): ReadonlySet<string> {
  const { tables } = input.project.catalog
  const found = new Set<string>()
  const queue = [...names]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const { model, module } = tables.get(next) ?? {}
    if (!model || !module || !modules.has(module) || found.has(model.name)) continue
    found.add(model.name)
    const { replaces, in_short: short } = tables.get(model.name)?.config ?? {}
    const named = [replaces, short].filter(name => name !== undefined)
    queue.push(...model.refs.map(({ name }) => name), ...named)
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
 * Whether the modules have nothing to do: nothing to read, no history to catch up with, their tables noted when they first
 * ran, and no earlier part of this run that they would have to put another in the place of.
 */
export function askForWork(context: StatementContext, { module, together }: Rest): Batch {
  const { dialect } = context
  const conditions = together.map(life => conditionsOf(context, life))
  const ask = (needs: readonly Need[], ...texts: readonly string[]): Statement => ({
    purpose: `whether ${inWords(together.map(({ module: { name } }) => name))} nothing to do`,
    needs,
    findsNothing: module,
    sql: `select ${texts.join('\n    and ')}`,
  })
  const always = conditions.flatMap(({ empty, settled }) => [...empty, ...settled])
  const histories = conditions.flatMap(({ caughtUp }) => caughtUp)
  // Only the first module's setup has made its tables before it asks.
  const made = together
    .slice(1)
    .flatMap(({ inputs, committed }) =>
      [...inputs, ...committed].map(({ relation }) => isThere(dialect, relation)),
    )
  const withHistories = [...made, ...histories.map(({ above }) => isThere(dialect, above))]
  if (histories.length === 0) return inOrder(ask(made, ...always))
  const caughtUp = histories.map(({ text }) => text)
  // Without the tables above them, modules that were handed rows before have none to catch up with.
  return inOrder(
    ask(withHistories, ...always, ...caughtUp),
    ...(together.length > 1
      ? []
      : [
          ask(
            histories.map(({ above }) => isMissing(dialect, above)),
            ...always,
          ),
        ]),
  )
}

const inWords = (names: readonly string[]): string =>
  names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)} have` : `${names[0]} has`

interface Conditions {
  readonly empty: readonly string[]
  readonly settled: readonly string[]
  readonly caughtUp: readonly { readonly above: Relation; readonly text: string }[]
}

function conditionsOf(context: StatementContext, { module, inputs, committed }: ModuleLife): Conditions {
  const { work } = module.definition
  const { tables } = context.project.catalog
  const rows = typeof work === 'object' ? tables.get(work.rows)?.model : undefined
  const production = committed.find(({ kind }) => kind === 'incremental')
  const histories = new Set(inputs.flatMap(input => historyOf(context, input) ?? []))
  const isEmpty = ({ relation }: Table): string => `not exists (select 1 from ${sqlName(relation)})`
  return {
    empty: [
      ...(rows ? [`not exists (select 1 from (\n${selectOf(context, rows)}\n) as w)`] : []),
      ...inputs.map(isEmpty),
    ],
    settled: isSettled(context, module, committed),
    caughtUp:
      production === undefined
        ? []
        : [...histories].map(history => ({
            above: history.relation,
            text: `(${isEmpty(history)} or not ${isEmpty(production)})`,
          })),
  }
}

/** The production table from which a staged table that has missed rows gets them. */
export const historyOf = ({ project }: StatementContext, { config }: Table): Table | undefined =>
  config.history === undefined ? undefined : project.catalog.tables.get(config.history)
