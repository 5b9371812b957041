// Refs -> how late each module stands, and which module a custom model joins.

import type { Catalog, Table } from './catalog.js'
import type { Module } from './module.js'
import type { ParsedModel } from './parse.js'
import type { Project } from './project.js'

/** How late each module stands: one more than the latest module whose tables it reads; the declared order breaks ties. */
export function rankModules(
  project: Project,
  models: readonly ParsedModel[],
  catalog: Catalog,
): ReadonlyMap<string, number> {
  const reads = new Map([...project.modules.keys()].map(name => [name, new Set<string>()]))
  for (const model of models) {
    if (!model.module || model.test) continue
    for (const { name } of model.refs) {
      const above = catalog.tables.get(name)?.module
      if (above && above !== model.module) reads.get(model.module.name)?.add(above.name)
    }
  }
  const depth = (name: string, path: readonly string[]): number =>
    path.includes(name)
      ? 0
      : Math.max(0, ...[...(reads.get(name) ?? [])].map(above => 1 + depth(above, [...path, name])))
  const names = [...project.modules.keys()]
  const sorted = names
    .map((name, index) => ({ name, index, depth: depth(name, []) }))
    .sort((a, b) => a.depth - b.depth || a.index - b.index)
  return new Map(sorted.map(({ name }, rank) => [name, rank]))
}

/**
 * The module that a custom model joins: as configured, else the latest that it reads, through other models too. Iterative,
 * as chains of models may be long.
 */
export function moduleFinder(
  project: Project,
  catalog: Catalog,
  ranks: ReadonlyMap<string, number>,
): (model: ParsedModel) => Module | undefined {
  const found = new Map<ParsedModel, Module | undefined>()
  const isSettled = ({ module, config }: ParsedModel): boolean => module !== undefined || !!config.module
  const tablesRead = (model: ParsedModel): readonly Table[] =>
    model.refs.map(ref => catalog.tables.get(ref.name)).filter(table => table !== undefined)
  const settle = (model: ParsedModel): Module | undefined => {
    if (isSettled(model)) return model.module ?? project.modules.get(model.config.module ?? '')
    return tablesRead(model)
      .map(table => table.module ?? (table.model && found.get(table.model)))
      .filter(module => module !== undefined)
      .sort((a, b) => (ranks.get(b.name) ?? 0) - (ranks.get(a.name) ?? 0))[0]
  }
  return (start: ParsedModel): Module | undefined => {
    const opened = new Set<ParsedModel>()
    const waiting = [start]
    for (let model = waiting.at(-1); model !== undefined; model = waiting.at(-1)) {
      if (!opened.has(model) && !found.has(model) && !isSettled(model)) {
        for (const { module, model: above } of tablesRead(model))
          if (!module && above && !found.has(above) && !opened.has(above)) waiting.push(above)
        opened.add(model)
      }
      if (waiting.at(-1) !== model) continue
      if (!found.has(model)) found.set(model, settle(model))
      waiting.pop()
    }
    return found.get(start)
  }
}
