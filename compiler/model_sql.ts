// A model's select as it will run: references become relations, ephemeral models become common table expressions, and
// in a rebuild a table that holds only this run's rows gives way to the production table that holds them all.

import type { Dialect } from '../adapters/dialect.js'
import { batchOf, isOfOneRun, isScratchView, isStaged, stagedOf, type Table } from './catalog.js'
import { type Diagnostic, error, type Place } from './diagnostics.js'
import type { ProjectGraph } from './graph.js'
import { type HandedOn, isTaken } from './handed_on.js'
import { handedOnGroups, handedOnRows, inShort } from './handed_on_rows.js'
import type { ParsedModel } from './parse.js'
import { resolveReferences } from './reference.js'
import { type Relation, sqlName } from './relation.js'
import { limitVariables, scanLimit } from './scan_limits.js'
import type { VariableValue } from './variable_declaration.js'

/**
 * How far back a plan goes: `new`: what has not been read yet; `replay`: everything from the events again, batch by batch,
 * into tables aside; `rebuild`: everything from the production table above; `backfill`: that for some days, both included.
 */
export type Reach =
  | { readonly kind: 'new' | 'replay' | 'rebuild' }
  | { readonly kind: 'backfill'; readonly from: string; readonly to: string }

/** Whether a plan reads production tables in the place of tables that hold the rows of one run. */
const readsHistory = ({ reach }: PlanContext): boolean =>
  reach.kind === 'rebuild' || reach.kind === 'backfill'

/** What a whole plan is compiled for. */
export interface PlanContext {
  readonly project: ProjectGraph
  readonly dialect: Dialect
  /** Ids of the nodes that the plan runs. */
  readonly selected: ReadonlySet<string>
  readonly reach: Reach
  /** Staged tables whose rows the next module takes in the same run. */
  readonly handedOn?: HandedOn
  /** Whether the statements under way are planned anew in each run: limits may be set before them, views are read as selects. */
  readonly planned?: boolean
  /** Notes what the statements under way are made of. */
  readonly trace?: StepTrace
}

/** What the statements of a step are made of, for whoever asks why they changed. */
export interface StepTrace {
  /** Models whose selects stand in them. */
  readonly models: Set<string>
  /** The finished selects of models that stand in them as they are, with no common table expressions of ours before them. */
  readonly selects: Set<string>
  /** Variables that the compiler itself has read for them. */
  readonly variables: Map<string, VariableValue>
}

/** Of this run's rows only: scratch and staged tables. */
const isFleeting = (table: Table): boolean => isOfOneRun(table) || isStaged(table)

/**
 * The table that a ref of `model` reads in this plan. In a rebuild, what this plan does not make anew is read from its
 * production table (config `history`).
 */
export function readTable(context: PlanContext, table: Table): Table {
  const rebuilt = table.model !== undefined && context.selected.has(table.model.name)
  if (!readsHistory(context) || rebuilt || !isFleeting(table)) return table
  return (table.config.history && context.project.catalog.tables.get(table.config.history)) || table
}

/** Refs that a rebuild cannot follow, because nothing holds all of their rows. */
export function historyFaults(context: PlanContext, model: ParsedModel): readonly Diagnostic[] {
  if (!readsHistory(context)) return []
  return model.refs.flatMap(({ name, at }) => {
    const table = context.project.catalog.tables.get(name)
    if (!table || !isFleeting(table) || table.kind === 'removed') return []
    if (table.model && context.selected.has(table.model.name)) return []
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
    if (context.reach.kind === 'backfill' && !history.config.time_key)
      return [noTimeKey(model.name, history.name, at)]
    const off = history.module?.enabled === false
    if (!off && (history.written || history.kind === 'external')) return []
    const why = off ? `module ${history.module?.name} is switched off` : 'skip_derived leaves it unwritten'
    const message = `'${model.name}' cannot be rebuilt from '${history.name}': ${why}`
    return [
      error('no-history', message, { at, hint: `Nothing was changed. Make '${history.name}' there first.` }),
    ]
  })
}

const noTimeKey = (model: string, table: string, at: Place): Diagnostic =>
  error('no-history', `'${model}' cannot be computed again for some days: '${table}' has no time_key`, {
    at,
    hint: 'Name the column that says when a row began: config(time_key=...). Or rebuild all of it: --full-refresh.',
  })

/** The finished select of a model. */
export function selectOf(context: PlanContext, model: ParsedModel): string {
  const expressions = new Map<string, string>()
  const sql = resolve(context, model, expressions)
  if (expressions.size === 0) {
    context.trace?.selects.add(sql)
    return sql
  }
  const list = [...expressions].map(([name, select]) => `${name} as (\n${select}\n)`)
  return `with ${list.join(',\n')}\nselect * from (\n${sql}\n) as ${model.name}`
}

/**
 * The common table expressions that take the place of relations are added to `expressions`, each behind those that it
 * reads: ephemeral models, and in a backfill the rows of its days.
 */
function resolve(context: PlanContext, model: ParsedModel, expressions: Map<string, string>): string {
  const { catalog } = context.project
  context.trace?.models.add(model.name)
  const expression = (name: string, select: () => string): string => {
    if (!expressions.has(name)) expressions.set(name, select())
    return name
  }
  const refTo = (name: string): Relation | string => {
    const table = mustHave(catalog.tables.get(name), name)
    if (table.kind === 'ephemeral') {
      const ephemeral = mustHave(table.model, name)
      return expression(`ephemeral__${name}`, () => resolve(context, ephemeral, expressions))
    }
    if (!model.test && isTaken(context.handedOn, table, model.module))
      return takenFrom(context, table, model, expression, made => resolve(context, made, expressions))
    return asItStands(table)
  }
  const asItStands = (table: Table): Relation | string => {
    const { name } = table
    const read = readTable(context, table)
    const { model: view } = read
    if (context.planned && context.dialect.plannedLimits && isScratchView(read) && view)
      return expression(`view__${name}`, () => resolve(context, view, expressions))
    if (context.reach.kind !== 'backfill' || read === table) return read.relation
    return expression(`backfill__${name}`, () => rowsOfDays(context, table, read))
  }
  return resolveReferences(context.reach.kind === 'new' ? model.sql : model.rebuildSql, (kind, key) => {
    if (kind === 'source') return mustHave(catalog.sources.get(key), key)
    if (kind === 'limit') return limitOf(context, key, refTo)
    if (kind === 'ref') return refTo(key)
    const table = mustHave(catalog.tables.get(key), key)
    return kind === 'previous' && table.module !== model.module ? asItStands(table) : table.relation
  })
}

/** What this run has made for a staged table that it does not write, and what stands in it besides. */
function takenFrom(
  { project: { catalog } }: PlanContext,
  table: Table,
  reader: ParsedModel,
  expression: (name: string, select: () => string) => string,
  selectOfMade: (made: ParsedModel) => string,
): string {
  const staged = stagedOf(catalog, table)
  const batch = batchOf(catalog, staged).relation
  const group = groupKey(staged)
  if (table.kind === 'removed')
    return expression(`handed_on__${table.name}`, () => handedOnGroups(table, batch, group))
  const short = inShort(catalog, staged, reader)
  const made = mustHave(short?.model ?? staged.model, staged.name)
  return expression(`handed_on__${made.name}`, () =>
    handedOnRows(staged, short?.columns, selectOfMade(made), batch, group),
  )
}

/** A column of a table of one row: as a subquery, or in a variable that a statement before sets. */
function limitOf(context: PlanContext, key: string, refTo: (name: string) => Relation | string): string {
  const [name = '', column = ''] = key.split('.')
  const { dialect } = context
  const query = (from: string): string =>
    scanLimit(dialect, `${name}_${column}`, `select max(l.${column}) from ${from} as l`, context.planned)
  if (!limitVariables(dialect, context.planned)) {
    const from = refTo(name)
    return query(typeof from === 'string' ? from : sqlName(from))
  }
  const table = mustHave(context.project.catalog.tables.get(name), name)
  const from =
    table.kind === 'ephemeral' && table.model
      ? `(\n${selectOf(context, table.model)}\n)`
      : sqlName(readTable(context, table).relation)
  return query(from)
}

/** The rows of `history` that stand for `table` in a backfill: whole groups of which some row lies in its days. */
function rowsOfDays(context: PlanContext, table: Table, history: Table): string {
  const group = groupKey(table)
  return `select h.*
from ${sqlName(history.relation)} as h
where h.${group} in (select g.${group} from ${sqlName(history.relation)} as g where ${inDays(context, `g.${history.config.time_key}`)})`
}

/** That a timestamp lies in the days of a backfill. */
export function inDays({ dialect, reach }: PlanContext, time: string): string {
  if (reach.kind !== 'backfill') throw new Error('only a backfill has days')
  return `${time} >= ${dialect.timestamp(reach.from)} and ${time} < ${dialect.addDays(dialect.timestamp(reach.to), 1)}`
}

/** The key by which rows of a table belong together: they are replaced and removed all or not at all. */
export const groupKey = (table: Table): string =>
  table.config.replace_by ?? table.config.unique_key?.[0] ?? ''

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
