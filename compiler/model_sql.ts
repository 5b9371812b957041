// A model's select as it will run: references become relations, ephemeral models become common table expressions, and
// in a rebuild a table that holds only this run's rows gives way to the production table that holds them all.

import type { Dialect } from '../adapters/dialect.js'
import { isStaged, type Table } from './catalog.js'
import { type Diagnostic, error } from './diagnostics.js'
import type { ProjectGraph } from './graph.js'
import type { ParsedModel } from './parse.js'
import { resolveReferences } from './reference.js'
import { type Relation, sqlName } from './relation.js'

/** What a whole plan is compiled for. */
export interface PlanContext {
  readonly project: ProjectGraph
  readonly dialect: Dialect
  /** Ids of the nodes that the plan runs. */
  readonly selected: ReadonlySet<string>
  readonly fullRefresh: boolean
}

/** Of this run's rows only: scratch and staged tables. */
const isFleeting = (table: Table): boolean =>
  table.kind === 'scratch' || table.kind === 'replaced' || isStaged(table)

/**
 * The table that a ref of `model` reads in this plan. In a rebuild, what this plan does not make anew is read from its
 * production table (config `history`).
 */
export function readTable(context: PlanContext, table: Table): Table {
  const rebuilt = table.model !== undefined && context.selected.has(table.model.name)
  if (!context.fullRefresh || rebuilt || !isFleeting(table)) return table
  return (table.config.history && context.project.catalog.tables.get(table.config.history)) || table
}

/** Refs that a rebuild cannot follow, because nothing holds all of their rows. */
export function historyFaults(context: PlanContext, model: ParsedModel): readonly Diagnostic[] {
  if (!context.fullRefresh) return []
  return model.refs.flatMap(({ name, at }) => {
    const table = context.project.catalog.tables.get(name)
    if (!table || !isFleeting(table) || (table.model && context.selected.has(table.model.name))) return []
    const history = readTable(context, table)
    if (history === table) {
      const hint = 'Select the module that makes it as well, or read its production table.'
      return [
        error('no-history', `'${model.name}' cannot be rebuilt: '${name}' holds only the rows of one run`, {
          at,
          hint,
        }),
      ]
    }
    const off = history.module?.enabled === false
    if (!off && (history.written || history.kind === 'external')) return []
    const why = off ? `module ${history.module?.name} is switched off` : 'skip_derived leaves it unwritten'
    const message = `'${model.name}' cannot be rebuilt from '${history.name}': ${why}`
    return [
      error('no-history', message, { at, hint: `Nothing was changed. Make '${history.name}' there first.` }),
    ]
  })
}

/** The finished select of a model. */
export function selectOf(context: PlanContext, model: ParsedModel): string {
  const ephemerals = new Map<string, string>()
  const sql = resolve(context, model, ephemerals)
  if (ephemerals.size === 0) return sql
  const expressions = [...ephemerals].map(([name, select]) => `${cteName(name)} as (\n${select}\n)`)
  return `with ${expressions.join(',\n')}\nselect * from (\n${sql}\n) as ${model.name}`
}

const cteName = (name: string): string => `ephemeral__${name}`

/** Ephemeral models are added to `ephemerals` after those that they read themselves. */
function resolve(context: PlanContext, model: ParsedModel, ephemerals: Map<string, string>): string {
  const { catalog } = context.project
  return resolveReferences(context.fullRefresh ? model.rebuildSql : model.sql, (kind, key) => {
    if (kind === 'source') return mustHave(catalog.sources.get(key), key)
    const table = mustHave(catalog.tables.get(key), key)
    if (kind === 'this') return table.relation
    if (table.kind === 'ephemeral' && table.model) {
      if (!ephemerals.has(key)) {
        const select = resolve(context, table.model, ephemerals)
        ephemerals.set(key, select)
      }
      return cteName(key)
    }
    return readTable(context, table).relation
  })
}

/** The finished text of a hook: what it refers to is what the model's select would refer to. */
export const hookOf = (context: PlanContext, model: ParsedModel, hook: string): string =>
  resolve(context, { ...model, sql: hook, rebuildSql: hook }, new Map())

/** Every relation that a model's select reads. */
export function relationsRead(context: PlanContext, model: ParsedModel): readonly Relation[] {
  const { catalog } = context.project
  const found = new Map<string, Relation>()
  const add = (relation: Relation): void => void found.set(sqlName(relation), relation)
  for (const ref of model.refs) {
    const table = catalog.tables.get(ref.name)
    if (table?.kind === 'ephemeral' && table.model)
      for (const relation of relationsRead(context, table.model)) add(relation)
    else if (table) add(readTable(context, table).relation)
  }
  for (const { name, table } of model.sources) add(mustHave(catalog.sources.get(`${name}.${table}`), name))
  return [...found.values()]
}

function mustHave<T>(value: T | undefined, key: string): T {
  if (value === undefined) throw new Error(`'${key}' passed the graph's checks and is not in the catalog`)
  return value
}
