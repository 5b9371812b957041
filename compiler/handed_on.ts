// Graph nodes of a plan -> the staged tables that it need not write: where a module and the next one both run as a whole, the
// next one reads what this run has made in their place. Such rows stand nowhere for good until the last of these modules has
// committed, so only that commit lets the others complete: they note then what was read, and a run that dies before reads it again.

import { isScratchView, stagedBeside, type Table } from './catalog.js'
import { type GraphNode, lifeNode, type ProjectGraph } from './graph.js'
import type { Module } from './module.js'
import type { ModuleLife } from './module_life.js'
import type { PlanInput } from './plan.js'
import type { Variables } from './variables.js'

/** The names of staged tables, with the module that takes the rows of each. */
export type HandedOn = ReadonlyMap<string, Module>

/** Whether some plan may do without it. `stage_next: true` asks for it in every plan. */
export const mayBeHandedOn = (
  variables: Variables,
  { kind, model, module, config, written }: Table,
): boolean =>
  kind === 'staged' &&
  model !== undefined &&
  written &&
  config.replaces !== undefined &&
  variables.value(module?.name, 'stage_next') !== true

/** The modules that hand rows on to this one, from one to the next, where some plan does so; the nearest first. */
export function modulesBefore(
  variables: Variables,
  lives: ReadonlyMap<string, ModuleLife>,
  life: ModuleLife,
): readonly ModuleLife[] {
  const before = life.inputs
    .filter(input => mayBeHandedOn(variables, input))
    .flatMap(({ module }) => lives.get(module?.name ?? '') ?? [])
  return [...before, ...before.flatMap(other => modulesBefore(variables, lives, other))]
}

/** @param nodes all nodes of the plan */
export function handedOn(input: PlanInput, nodes: readonly GraphNode[]): HandedOn {
  if (input.reach.kind !== 'new') return new Map()
  const found = new Map<string, Module>()
  for (const life of input.project.lives.values()) {
    const staged = life.committed.filter(table => mayBeHandedOn(input.variables, table))
    const [table, another] = staged
    const takers = input.project.catalog.consumers.get(table?.name ?? '') ?? []
    const taker = input.project.lives.get(takers[0]?.name ?? '')
    if (!table || another || takers.length !== 1 || !taker) continue
    const isWhole = [life, taker].every(({ module }) => runsWhole(input, module))
    if (isWhole && !nodes.some(node => isReadOtherwise(table, taker.module, node)))
      found.set(table.name, taker.module)
  }
  return found
}

/** Whether the plan has all of a module's own models and steps. */
export function runsWhole({ project, selected }: PlanInput, module: Module): boolean {
  const own = [...project.catalog.tables.values()].filter(
    table => table.module === module && table.model?.name === table.name && table.kind !== 'test',
  )
  const steps = (['setup', 'commit', 'complete'] as const).map(step => lifeNode(module.name, step))
  return [...steps, ...own.map(({ name }) => name)].every(id => selected.has(id))
}

/** By a model outside of both modules, by a test that does not wait for their end, or by a view, which would outlast it. */
function isReadOtherwise(staged: Table, taker: Module, { table }: GraphNode): boolean {
  const { model } = table ?? {}
  if (!table || !model?.refs.some(({ name }) => name === staged.name || name === `${staged.name}_removed`))
    return false
  if (model.test) return model.test.config.after !== 'complete'
  return table.module !== taker || isScratchView(table)
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
