// Which columns each column of a model is computed from, as Postgres itself has resolved the names: the tree that it keeps of
// a view in -> the columns behind each of its columns out. What cannot be followed is `unknown`, never left out.

export interface SourceColumn {
  /** A model, seed or table of the project, or a source as `atomic.events`. */
  readonly table: string
  readonly column: string
}

export interface ColumnLineage {
  readonly column: string
  /** Every column that its value depends on; filters and joins, which decide on rows, are no part of it. */
  readonly from: readonly SourceColumn[] | 'unknown'
  /** The one column that it is a copy of. */
  readonly copyOf?: SourceColumn
  /** As Postgres calls it; of a select that could be typed. */
  readonly type?: string
}

/** The columns of each model, by its name; `unknown` where it could not be typed. */
export type Lineage = Readonly<Record<string, readonly ColumnLineage[] | 'unknown'>>

type Value = string | Node | readonly Value[]
interface Node {
  readonly type: string
  readonly fields: ReadonlyMap<string, readonly Value[]>
}
/** A query and those around it, the innermost first. */
type Scope = readonly [query: Node, ...outer: Node[]]
/** A column of a table: its object id and number. */
type Found = Set<`${string}.${number}`> | 'unknown'

/**
 * @param tree `pg_rewrite.ev_action` of a view
 * @param columnOf the column behind an object id and a number; undefined where it is none of the project's
 */
export function columnLineage(
  tree: string,
  columnOf: (table: string, column: number) => SourceColumn | undefined,
): readonly ColumnLineage[] {
  const [query] = list(parseTree(tree)).filter(isNode)
  if (!query) return []
  const scope: Scope = [query]
  return entries(query).map((entry, index) => {
    const found = outputOf(scope, index + 1)
    const from = found === 'unknown' ? [undefined] : [...found].sort().map(key => sourceOf(key, columnOf))
    const copied = copiedColumn(scope, index + 1)
    const copyOf = copied && sourceOf(copied, columnOf)
    return {
      column: text(entry, 'resname'),
      from: from.every(source => source !== undefined) ? from.sort(byName) : 'unknown',
      ...(copyOf ? { copyOf } : {}),
    }
  })
}

const byName = (a: SourceColumn, b: SourceColumn): number =>
  `${a.table}.${a.column}` < `${b.table}.${b.column}` ? -1 : 1

function sourceOf(key: string, columnOf: (table: string, column: number) => SourceColumn | undefined) {
  const [table = '', column = ''] = key.split('.')
  return columnOf(table, Number(column))
}

/** What a column of a query's result depends on. */
function outputOf(scope: Scope, position: number): Found {
  const [query] = scope
  const arms = armsOf(query)
  if (arms) return union(arms.map(arm => outputOf([arm, ...scope], position)))
  const expression = node(entries(query)[position - 1], 'expr')
  return expression ? within(expression, scope) : 'unknown'
}

/** The selects that a union, intersect or except is made of. */
function armsOf(query: Node): readonly Node[] | undefined {
  const top = node(query, 'setOperations')
  if (!top) return undefined
  const rows = list(query.fields.get('rtable')).filter(isNode)
  const leaves = (part: Node | undefined): readonly Node[] => {
    if (part?.type === 'SETOPERATIONSTMT')
      return [...leaves(node(part, 'larg')), ...leaves(node(part, 'rarg'))]
    const row = part && rows[Number(text(part, 'rtindex')) - 1]
    const subquery = row && node(row, 'subquery')
    return subquery ? [subquery] : []
  }
  return leaves(top)
}

/** Every column that a part of the tree depends on. */
function within(value: Value, scope: Scope): Found {
  if (typeof value === 'string') return new Set()
  if (!isNode(value)) return union(value.map(item => within(item, scope)))
  if (value.type === 'VAR') return variable(value, scope)
  if (value.type === 'QUERY') return wholeQuery([value, ...scope])
  const parts = [...value.fields.values()].map(items => within(items, scope))
  if (value.type === 'WINDOWFUNC') parts.push(windowOf(value, scope))
  return union(parts)
}

/** A subquery inside of an expression: its result and what decides on its rows. */
function wholeQuery(scope: Scope): Found {
  const [query] = scope
  const results = entries(query).map((_, index) => outputOf(scope, index + 1))
  const conditions = ['jointree', 'havingQual', 'limitCount', 'limitOffset'].map(field =>
    within(query.fields.get(field) ?? [], scope),
  )
  return union([...results, ...conditions, ...inputsOf(scope)])
}

/** What decides on the rows of the subqueries that a query reads from; its own tables have no say of their own. */
function inputsOf(scope: Scope): readonly Found[] {
  const [query] = scope
  return list(query.fields.get('rtable'))
    .filter(isNode)
    .map(row => {
      const subquery = node(row, 'subquery')
      if (subquery) return wholeQuery([subquery, ...scope])
      const shared = text(row, 'rtekind') === '6' ? sharedQuery(row, scope) : undefined
      if (shared) return wholeQuery(shared)
      return text(row, 'rtekind') === '6' ? 'unknown' : within(row.fields.get('functions') ?? [], scope)
    })
}

/** The query of a common table expression, as a row of `rtable` names it. */
function sharedQuery(row: Node, scope: Scope): Scope | undefined {
  const around = scope.slice(Number(text(row, 'ctelevelsup')))
  if (!isScope(around) || text(row, 'self_reference') === 'true') return undefined
  const shared = list(around[0].fields.get('cteList')).filter(isNode)
  const found = shared.find(cte => text(cte, 'ctename') === text(row, 'ctename'))
  const select = found && text(found, 'cterecursive') !== 'true' ? node(found, 'ctequery') : undefined
  return select && [select, ...around]
}

function windowOf(call: Node, scope: Scope): Found {
  const [query] = scope
  const reference = text(call, 'winref')
  const windows = list(query.fields.get('windowClause')).filter(isNode)
  const window = windows.find(candidate => text(candidate, 'winref') === reference)
  if (!window) return 'unknown'
  const keys = ['partitionClause', 'orderClause'].flatMap(field =>
    list(window.fields.get(field)).filter(isNode),
  )
  const all = list(query.fields.get('targetList')).filter(isNode)
  return union(
    keys.map(key => {
      const entry = all.find(other => text(other, 'ressortgroupref') === text(key, 'tleSortGroupRef'))
      return entry ? within(entry, scope) : 'unknown'
    }),
  )
}

/** What a name stands for: see `RTEKind` in Postgres' parsenodes.h. */
function variable(value: Node, scope: Scope): Found {
  const step = followed(value, scope)
  if (step === undefined) return 'unknown'
  if (typeof step === 'string') return new Set([step])
  return step.expression ? within(step.expression, step.scope) : outputOf(step.scope, step.position)
}

interface Step {
  readonly scope: Scope
  /** An expression of that scope, or else a column of its result. */
  readonly expression?: Value
  readonly position: number
}

function followed(value: Node, scope: Scope): `${string}.${number}` | Step | undefined {
  const level = scope.slice(Number(text(value, 'varlevelsup')))
  if (!isScope(level)) return undefined
  const [query] = level
  const row = list(query.fields.get('rtable')).filter(isNode)[Number(text(value, 'varno')) - 1]
  const position = Number(text(value, 'varattno'))
  if (!row || !(position > 0)) return undefined // a whole row, or a column of the system
  const expression = (field: string): Step | undefined => {
    const found = list(row.fields.get(field))[position - 1]
    return found === undefined ? undefined : { scope: level, expression: found, position }
  }
  switch (text(row, 'rtekind')) {
    case '0':
      return `${text(row, 'relid')}.${position}`
    case '1': {
      const subquery = node(row, 'subquery')
      return subquery && { scope: [subquery, ...level], position }
    }
    case '2':
      return expression('joinaliasvars')
    case '6': {
      const shared = sharedQuery(row, level)
      return shared && { scope: shared, position }
    }
    case '9':
      return expression('groupexprs')
    default:
      return undefined
  }
}

/** The column of a table that a column of the result is a copy of, through subqueries and common table expressions. */
function copiedColumn(scope: Scope, position: number): string | undefined {
  const [query] = scope
  if (armsOf(query)) return undefined
  let expression: Value | undefined = node(entries(query)[position - 1], 'expr')
  let around = scope
  while (expression !== undefined && isNode(expression) && expression.type === 'VAR') {
    const step = followed(expression, around)
    if (step === undefined || typeof step === 'string') return step
    if (step.expression === undefined) return copiedColumn(step.scope, step.position)
    expression = step.expression
    around = step.scope
  }
  return undefined
}

const entries = (query: Node): readonly Node[] =>
  list(query.fields.get('targetList'))
    .filter(isNode)
    .filter(entry => text(entry, 'resjunk') !== 'true')

function union(parts: readonly Found[]): Found {
  const all = new Set<`${string}.${number}`>()
  for (const part of parts) {
    if (part === 'unknown') return 'unknown'
    for (const key of part) all.add(key)
  }
  return all
}

const isScope = (level: readonly Node[]): level is Scope => level.length > 0
const isNode = (value: Value | undefined): value is Node => typeof value === 'object' && !Array.isArray(value)
const node = (parent: Node | undefined, field: string): Node | undefined =>
  parent?.fields.get(field)?.find((value): value is Node => isNode(value))
const text = (parent: Node, field: string): string => {
  const [value] = parent.fields.get(field) ?? []
  return typeof value === 'string' ? value : ''
}

/** The items of a field that holds one list. */
function list(values: readonly Value[] | undefined): readonly Value[] {
  const [first] = values ?? []
  return Array.isArray(first) ? first : []
}

/** Reads the notation of Postgres' outfuncs.c: {TYPE :field value ...}, (items), words with backslashes. */
function parseTree(tree: string): readonly Value[] {
  const words = tree.match(/[{}()]|"(?:[^"\\]|\\.)*"|(?:[^\s{}()\\]|\\[\s\S])+/g) ?? []
  let at = 0
  const value = (): Value => {
    const word = words[at++] ?? ''
    if (word === '(') {
      const items: Value[] = []
      while (at < words.length && words[at] !== ')') items.push(value())
      at += 1
      return items
    }
    if (word !== '{') return word.replaceAll(/\\([\s\S])/g, '$1')
    const type = words[at++] ?? ''
    const fields = new Map<string, Value[]>()
    while (at < words.length && words[at] !== '}') {
      const name = (words[at++] ?? '').slice(1)
      const values: Value[] = []
      while (at < words.length && words[at] !== '}' && !words[at]?.startsWith(':')) values.push(value())
      fields.set(name, values)
    }
    at += 1
    return { type, fields }
  }
  return [value()]
}
