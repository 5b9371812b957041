// Two states of a target -> what changed between them: for each node that differs, the kinds of change, why, and what lies
// downstream of it. Pure; nodes that do the same in the same order are left out.

import { comparedStatement, type NeutralNames, neutralNamesOf, neutralPurpose } from './compared_statement.js'
import { type Cause, causesOf, sidesOf } from './diff_causes.js'
import type { ColumnState, NodeState, StatementState, TargetState } from './manifest.js'

/** From harmless to harmful. */
export const changeClasses = ['cosmetic', 'config', 'columns', 'logic', 'ddl', 'destructive'] as const
export type ChangeClass = (typeof changeClasses)[number]

export interface NodeChange {
  readonly name: string
  readonly adapter: string
  readonly kind: NodeState['kind']
  readonly change: 'added' | 'removed' | 'changed'
  /** Whether it runs before or after others than it did. */
  readonly moved: boolean
  /** The most harmful of `classes`. */
  readonly class: ChangeClass
  readonly classes: readonly ChangeClass[]
  readonly columns: ColumnChanges
  /** What of its configuration differs, by key. */
  readonly config: readonly string[]
  readonly causes: readonly Cause[]
  /** Models and tests that read it, through others too. */
  readonly downstream: readonly string[]
}

interface ColumnChanges {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly retyped: readonly string[]
}

/** @param adapter the name under which the changes are told */
export function diffStates(base: TargetState, head: TargetState, adapter: string): readonly NodeChange[] {
  const sides = sidesOf(base, head)
  const { before, after } = sides
  const names = { old: neutralNamesOf(base), now: neutralNamesOf(head) }
  const moved = movedNodes(
    base.nodes.map(({ name }) => name).filter(name => after.has(name)),
    head.nodes.map(({ name }) => name).filter(name => before.has(name)),
  )
  const all = [...after.keys(), ...[...before.keys()].filter(name => !after.has(name))]
  return all.flatMap((name): readonly NodeChange[] => {
    const [old, now] = [before.get(name), after.get(name)]
    const one = now ?? old
    if (!one) return []
    const facts = old && now ? changeOf(old, now, names, moved.has(name)) : wholeNode(one, now !== undefined)
    if (facts.classes.size === 0) return []
    const classes = changeClasses.filter(kind => facts.classes.has(kind))
    return [
      {
        name,
        adapter,
        kind: one.kind,
        change: !old ? 'added' : !now ? 'removed' : 'changed',
        moved: moved.has(name),
        class: classes.at(-1) ?? 'cosmetic',
        classes,
        columns: facts.columns,
        config: facts.config,
        causes: causesOf(sides, old, now),
        downstream: downstreamOf(now ? head : base, one),
      },
    ]
  })
}

interface Facts {
  readonly classes: ReadonlySet<ChangeClass>
  readonly columns: ColumnChanges
  readonly config: readonly string[]
}

const noColumns: ColumnChanges = { added: [], removed: [], retyped: [] }

/** A relation that comes is defined; one that goes takes its rows from whoever reads it. */
function wholeNode({ materialized, kind }: NodeState, added: boolean): Facts {
  const isRelation = kind === 'seed' || (kind === 'model' && materialized !== 'ephemeral')
  const classes: readonly ChangeClass[] = isRelation ? ['logic', added ? 'ddl' : 'destructive'] : ['logic']
  return { classes: new Set(classes), columns: noColumns, config: [] }
}

/** What says how the rows of a table are told apart and replaced. */
const grain = new Set(['unique_key', 'replace_by', 'materialized'])

/** Of both sides. */
interface BothNames {
  readonly old: NeutralNames
  readonly now: NeutralNames
}

function changeOf(old: NodeState, now: NodeState, names: BothNames, moved: boolean): Facts {
  const classes = new Set<ChangeClass>()
  const config = changedKeys(old.config, now.config)
  const same = allText(old) === allText(now)
  const columns = same && isSameSelect(old, now) ? noColumns : changedColumns(old.columns, now.columns)
  const hasColumns = columns.added.length + columns.removed.length + columns.retyped.length > 0
  if (config.length > 0) classes.add('config')
  if (config.some(key => grain.has(key)) || old.materialized !== now.materialized) classes.add('destructive')
  if (hasColumns) classes.add('columns')
  if (hasColumns && wantsRebuild(old, now, columns)) classes.add('destructive')
  if (moved) classes.add('logic')
  if (old.relation !== now.relation) classes.add('ddl')
  const selectDiffers = old.select?.tokens !== now.select?.tokens
  if (selectDiffers && !(hasColumns && onlyColumnsDiffer(old, now))) classes.add('logic')
  if (old.kind === 'seed' && old.hash !== now.hash) classes.add('logic')
  if (!same) for (const found of statementClasses(old, now, names, selectDiffers)) classes.add(found)
  if (classes.size === 0 && old.file !== now.file) classes.add('cosmetic')
  return { classes, columns, config }
}

/** Types that YAML gives the columns of a project's own model describe it: nothing is made of them. */
const isSameSelect = (old: NodeState, now: NodeState): boolean =>
  !now.yaml.some(file => file.endsWith('/module.yml')) && old.select?.tokens === now.select?.tokens

/** All of a statement but the words for what it is for. */
const textOf = (statement: StatementState): string => JSON.stringify({ ...statement, purpose: undefined })
const allText = ({ statements }: NodeState): string => JSON.stringify(statements.map(textOf))

const changedKeys = (
  old: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): readonly string[] =>
  [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter(key => JSON.stringify(old[key]) !== JSON.stringify(now[key]))
    .sort()

function changedColumns(
  old: readonly ColumnState[] | null,
  now: readonly ColumnState[] | null,
): ColumnChanges {
  if (!old || !now) return noColumns
  const [before, after] = [new Map(old.map(byName)), new Map(now.map(byName))]
  return {
    added: [...after.keys()].filter(name => !before.has(name)),
    removed: [...before.keys()].filter(name => !after.has(name)),
    retyped: [...after]
      .filter(([name, { type }]) => before.has(name) && before.get(name)?.type !== type)
      .map(([name]) => name),
  }
}

const byName = (column: ColumnState): readonly [string, ColumnState] => [column.name, column]

/** A table keeps the columns it was made with, unless new ones may be appended; a view can only be given more at its end. */
function wantsRebuild(old: NodeState, now: NodeState, { removed, retyped, added }: ColumnChanges): boolean {
  if (!['table', 'incremental', 'view', 'staged', 'manifest', 'seed'].includes(now.materialized ?? ''))
    return false
  if (removed.length > 0 || retyped.length > 0) return true
  const isModule =
    now.kind === 'model' &&
    now.materialized !== 'view' &&
    now.config['on_schema_change'] !== 'append_new_columns'
  if (isModule) return true
  const names = (now.columns ?? []).map(({ name }) => name)
  return names.slice(-added.length).some(name => !added.includes(name)) || old.columns === null
}

/** Whether the select is the same but for columns that came, went or are cast to another type. */
function onlyColumnsDiffer(old: NodeState, now: NodeState): boolean {
  if (!old.select?.rest || old.select.rest !== now.select?.rest) return false
  const before = new Map((old.columns ?? []).map(byName))
  return (now.columns ?? []).every(({ name, hash }) => !before.has(name) || before.get(name)?.hash === hash)
}

/**
 * What the statements say beyond the select and the configuration.
 * @param selectDiffers then what writes rows differs for that reason
 */
function statementClasses(
  old: NodeState,
  now: NodeState,
  names: BothNames,
  selectDiffers: boolean,
): readonly ChangeClass[] {
  const [before, after] = [byPurpose(old.statements, names.old), byPurpose(now.statements, names.now)]
  const found: ChangeClass[] = []
  for (const purpose of new Set([...before.keys(), ...after.keys()])) {
    const [oldOne, newOne] = [before.get(purpose), after.get(purpose)]
    if (oldOne && newOne && textOf(oldOne) === textOf(newOne)) continue
    const was = oldOne && comparedStatement(oldOne, names.old)
    const is = newOne && comparedStatement(newOne, names.now)
    if (was && is) {
      if (was.names === is.names) found.push('cosmetic')
      else if (was.tokens === is.tokens || is.effect !== 'rows') found.push('ddl')
      else if (is.select !== null && is.select === was.select) found.push('ddl')
      else if (!selectDiffers) found.push('logic')
      continue
    }
    const one = is ?? was
    if (one?.effect === 'definition') found.push('ddl')
    else if (one?.effect === 'drop') found.push(is && !isScratchDrop(purpose) ? 'destructive' : 'ddl')
    else if (!selectDiffers) found.push('logic')
  }
  return found
}

/** What a run leaves behind and drops again is nobody's loss. */
const isScratchDrop = (purpose: string): boolean => /@[a-z_+]*scratch_schema|^drop the run id/.test(purpose)

/** Of several for one purpose each has its number. */
function byPurpose(
  statements: readonly StatementState[],
  names: NeutralNames,
): ReadonlyMap<string, StatementState> {
  const counts = new Map<string, number>()
  return new Map(
    statements.map(statement => {
      const purpose = neutralPurpose(statement.purpose, names)
      const count = (counts.get(purpose) ?? 0) + 1
      counts.set(purpose, count)
      return [`${purpose} ${count}`, statement]
    }),
  )
}

/** Those that are not part of the longest common order. */
function movedNodes(before: readonly string[], after: readonly string[]): ReadonlySet<string> {
  const position = new Map(before.map((name, index) => [name, index]))
  const sequence = after.map(name => position.get(name) ?? 0)
  const tails: number[] = []
  const previous = new Array<number>(sequence.length).fill(-1)
  sequence.forEach((value, index) => {
    let [low, high] = [0, tails.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sequence[tails[middle] ?? 0] ?? 0) < value) low = middle + 1
      else high = middle
    }
    previous[index] = low > 0 ? (tails[low - 1] ?? -1) : -1
    tails[low] = index
  })
  const kept = new Set<number>()
  for (let index = tails.at(-1) ?? -1; index >= 0; index = previous[index] ?? -1) kept.add(index)
  return new Set(after.filter((_, index) => !kept.has(index)))
}

/** Who reads the tables that a node makes, by refs and through others; of a commit or complete step, those that it writes. */
function downstreamOf(state: TargetState, { name, kind, module }: NodeState): readonly string[] {
  const written: Readonly<Record<string, readonly string[]>> = {
    commit: ['incremental', 'staged'],
    complete: ['manifest'],
  }
  const kinds = written[kind]
  const start = kinds
    ? state.nodes
        .filter(node => node.module === module && kinds.includes(node.materialized ?? ''))
        .map(node => node.name)
    : [name]
  const found = new Set(start)
  const readers = new Map<string, string[]>()
  for (const node of state.nodes)
    for (const { name: ref } of node.refs) readers.set(ref, [...(readers.get(ref) ?? []), node.name])
  const queue = [...found]
  for (let next = queue.pop(); next !== undefined; next = queue.pop())
    for (const reader of readers.get(next) ?? [])
      if (!found.has(reader)) {
        found.add(reader)
        queue.push(reader)
      }
  return state.nodes.map(node => node.name).filter(other => found.has(other) && !start.includes(other))
}
