// Graph nodes of a plan -> the staged tables that it need not write: where a module and the next one both run as a whole, the
// next one reads what this run has made in their place. Such rows stand nowhere for good until the last of these modules has
// committed, so only that commit lets the others complete: they note then what was read, and a run that dies before reads it again.

import { isOfOneRun, isScratchView, stagedBeside, stagedOf, type Table } from './catalog.js'
import { type GraphNode, lifeNode, namesReadBy, type ProjectGraph } from './graph.js'
import { hasHooks } from './model_config.js'
import type { Module } from './module.js'
import { type ModuleLife, ownTables } from './module_life.js'
import type { PlanInput } from './plan.js'
import type { Variables } from './variables.js'

/** The names of staged tables, with the module that takes the rows of each. */
export type HandedOn = ReadonlyMap<string, Module>

/** What a plan hands on, and the order that this takes. */
export interface HandingOn {
  readonly handedOn: HandedOn
  /** Its nodes: complete steps of modules that hand rows on come when those who take them have committed. */
  readonly nodes: readonly GraphNode[]
  /** What nodes wait for beside what the graph says, by their ids. */
  readonly waits: ReadonlyMap<string, ReadonlySet<string>>
  /** Of nodes that take rows: the commits that they need not wait for, each with the nodes that have made the rows. */
  readonly early: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>
}

/** @param input `selected` names the nodes of the plan; what it hands on itself is not read */
export function handingOn(input: PlanInput): HandingOn {
  const { project, selected } = input
  const given = project.order.filter(id => selected.has(id)).map(id => project.graph.node(id))
  const handed = handedOnBy(input, given)
  const nothing = { handedOn: new Map(), nodes: given, waits: new Map(), early: new Map() }
  if (handed.size === 0) return nothing
  const waits = waitsFor(project, handed)
  const order = putOff(project, waits)
  // Where those who take the rows wait for the complete step itself, through models of the project, nothing is handed on.
  if (!order) return nothing
  return {
    handedOn: handed,
    nodes: order.filter(id => selected.has(id)).map(id => project.graph.node(id)),
    waits,
    early: beforeCommits(project, handed),
  }
}

function handedOnBy(input: PlanInput, nodes: readonly GraphNode[]): HandedOn {
  const { project, variables, reach } = input
  const found = new Map<string, Module>()
  if (reach.kind !== 'new') return found
  for (const life of project.lives.values()) {
    const [table, another] = life.committed.filter(staged => mayBeHandedOn(variables, staged))
    const [taker, other] = project.catalog.consumers.get(table?.name ?? '') ?? []
    if (!table || another || !taker || other) continue
    const isWhole = [life.module, taker].every(module => runsWhole(input, module))
    if (isWhole && !nodes.some(node => isReadOtherwise(project, table, taker, node)))
      found.set(table.name, taker)
  }
  return found
}

/** Whether some plan may do without it. `stage_next: true` asks for it in every plan; a hook may look at what was written. */
const mayBeHandedOn = (variables: Variables, { kind, model, module, config, written }: Table): boolean =>
  kind === 'staged' &&
  model !== undefined &&
  written &&
  config.replaces !== undefined &&
  !hasHooks(config) &&
  variables.value(module?.name, 'stage_next') !== true

/** What is handed on has to stay until it has been taken, and counts as read when that has committed. */
function waitsFor(project: ProjectGraph, handed: HandedOn): ReadonlyMap<string, ReadonlySet<string>> {
  const waits = new Map<string, Set<string>>()
  for (const life of project.lives.values()) {
    const takes = [...ownModels(project, life.module), lifeNode(life.module.name, 'commit')]
    for (const { module } of givers(project, handed, life)) {
      const complete = lifeNode(module.name, 'complete')
      waits.set(complete, new Set([...(waits.get(complete) ?? []), ...takes]))
    }
  }
  for (const [name, taker] of handed)
    waits.set(lifeNode(taker.name, 'commit'), new Set([commitOf(project, name)]))
  return waits
}

const commitOf = ({ catalog }: ProjectGraph, staged: string): string =>
  lifeNode(catalog.tables.get(staged)?.module?.name ?? '', 'commit')

/** Rows that are handed on are there when they are made; only those who read what that commit writes wait for it. */
function beforeCommits(project: ProjectGraph, handed: HandedOn): HandingOn['early'] {
  const { catalog } = project
  const early = new Map<string, ReadonlyMap<string, readonly string[]>>()
  for (const [name, taker] of handed) {
    const giver = catalog.tables.get(name)?.module
    if (!giver) continue
    const instead = new Map([[commitOf(project, name), ownModels(project, giver)]])
    const readsWritten = (id: string): boolean =>
      (catalog.tables.get(id)?.model?.refs ?? []).some(ref => {
        const table = catalog.tables.get(ref.name)
        return table?.module === giver && !isTaken(handed, table, taker)
      })
    for (const id of [lifeNode(taker.name, 'setup'), ...ownModels(project, taker)])
      if (!readsWritten(id)) early.set(id, instead)
  }
  return early
}

/** The order of the graph with some nodes put off until others have come; undefined where those wait for them. */
function putOff(
  { order, graph }: ProjectGraph,
  waits: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] | undefined {
  const done = new Set<string>()
  const held = new Set<string>()
  const isFree = (id: string): boolean =>
    [...(waits.get(id) ?? []), ...(graph.predecessors(id) ?? [])].every(before => done.has(before))
  for (const id of order) {
    held.add(id)
    for (let free = [...held].find(isFree); free !== undefined; free = [...held].find(isFree)) {
      held.delete(free)
      done.add(free)
    }
  }
  return held.size === 0 ? [...done] : undefined
}

/** Whether the plan has all of a module's own models and steps. */
export function runsWhole({ project, selected }: PlanInput, module: Module): boolean {
  const steps = (['setup', 'commit', 'complete'] as const).map(step => lifeNode(module.name, step))
  return [...steps, ...ownModels(project, module)].every(id => selected.has(id))
}

const ownModels = ({ catalog }: ProjectGraph, module: Module): readonly string[] =>
  ownTables(catalog, module).map(({ name }) => name)

/**
 * Whether a node of others reads the staged table, or a table of one run of the module that takes its rows: should it fail,
 * what is staged is there for it in the next run, while the modules go on. So does a view, which would outlast the rows.
 */
function isReadOtherwise({ catalog }: ProjectGraph, staged: Table, taker: Module, node: GraphNode): boolean {
  const { table } = node
  if (!table?.model || table.model.test?.config.after === 'complete') return false
  const read = namesReadBy(node).flatMap(name => catalog.tables.get(name) ?? [])
  const isStagedHere = (other: Table): boolean => stagedOf(catalog, other) === staged
  if (table.module === taker) return isScratchView(table) && read.some(isStagedHere)
  return read.some(other => isStagedHere(other) || (other.module === taker && isOfOneRun(other)))
}

/** The staged table itself or its companion of groups without rows, if this plan hands its rows on to the module of a model. */
export function isTaken(handed: HandedOn | undefined, table: Table, reader: Module | undefined): boolean {
  const name = table.kind === 'removed' ? stagedBeside(table) : table.name
  return reader !== undefined && handed?.get(name) === reader
}

/** The modules of a plan whose rows are handed on to this one, from one to the next. */
export function givers(
  project: ProjectGraph,
  handed: HandedOn | undefined,
  { module, inputs }: ModuleLife,
): readonly ModuleLife[] {
  const before = inputs
    .filter(input => input.kind !== 'removed' && isTaken(handed, input, module))
    .flatMap(input => project.lives.get(input.module?.name ?? '') ?? [])
  return [...before, ...before.flatMap(life => givers(project, handed, life))]
}

/** Whether a module hands rows on, so that they are not yet where they last when it commits. */
export const handsOn = (handed: HandedOn | undefined, { committed }: ModuleLife): boolean =>
  committed.some(({ name }) => handed?.has(name))
