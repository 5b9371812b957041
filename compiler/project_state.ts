// A compiled project as plain data by which two versions of it can be compared, on another machine and by another version
// of the package too: for each node what it is, what it is made of, and digests of every statement that it runs. It is what
// target/manifest.json holds. No clock, no path of this machine.

import type { Table } from './catalog.js'
import type { CompiledPlan } from './compile.js'
import { digest } from './digest.js'
import type { GraphNode } from './graph.js'
import type { ParsedModel } from './parse.js'
import { compiledPath, type Step } from './plan.js'
import { sqlName } from './relation.js'
import { selectParts } from './select_columns.js'
import { packageVersion } from './source_file.js'
import { tokensOf, tokenText } from './sql_tokens.js'
import type { Batch } from './statement.js'
import { type Naming, namingOf, neutralPurpose, statementState } from './statement_state.js'
import type { VariableValue } from './variables.js'

export const stateVersion = 3

export interface ProjectState {
  readonly version: typeof stateVersion
  readonly project: string
  /** By the name of a target, or of an adapter where no target was compiled for. */
  readonly targets: Readonly<Record<string, TargetState>>
}

export interface TargetState {
  readonly adapter: string
  readonly package_version: string
  /** Whether it is the plan of an ordinary run of everything; of a part nothing can be said of what is missing. */
  readonly whole: boolean
  /** Digests of the texts of macros, by name, and where each stands. */
  readonly macros: Readonly<Record<string, { readonly file: string; readonly hash: string }>>
  /** Values of the variables that decide which tables there are and what they are called, by module. */
  readonly naming: Readonly<Record<string, Readonly<Record<string, VariableValue>>>>
  /** Digests of what the YAML files say. */
  readonly yaml: Readonly<Record<string, string>>
  /** Files of models and seeds that are there and make no node, with digests of their texts. */
  readonly unused: Readonly<Record<string, string>>
  /** In the order of the plan. */
  readonly nodes: readonly NodeState[]
}

export interface NodeState {
  readonly name: string
  readonly kind: GraphNode['kind'] | 'run'
  readonly module: string | null
  readonly file: string | null
  /** Of the file's text. */
  readonly hash: string | null
  /** YAML files that may say something of it. */
  readonly yaml: readonly string[]
  readonly materialized: string | null
  readonly relation: string | null
  readonly description: string | null
  /** As merged from all places where it can be set. */
  readonly config: Readonly<Record<string, unknown>>
  /** Declared, or read off the select; null where neither says for certain. */
  readonly columns: readonly ColumnState[] | null
  readonly depends_on: readonly string[]
  readonly refs: readonly string[]
  /** Every variable that its template or the compiler has read for it. */
  readonly variables: Readonly<Record<string, VariableValue>>
  readonly macros: readonly string[]
  /** Other models whose selects stand in its statements. */
  readonly inlines: readonly string[]
  /** Its select, with references not resolved: digests of its tokens, with and without its list of columns. */
  readonly select: SelectState | null
  readonly compiled_file: string | null
  readonly statements: readonly StatementState[]
}

export interface ColumnState {
  readonly name: string
  readonly type: string | null
  /** Of what it is computed from. */
  readonly hash: string | null
}

interface SelectState {
  readonly tokens: string
  readonly rest: string | null
}

export interface StatementState {
  readonly purpose: string
  /** `definition`: of a table or a grant; `drop`; `rows`: what is written or asked. */
  readonly effect: 'definition' | 'drop' | 'rows'
  /** Of its text as it stands. */
  readonly text: string
  /** Of its tokens, and of the conditions under which it runs. */
  readonly names: string
  /** The same, with neutral names for relations. */
  readonly tokens: string
  /** Of the select that a `create table as` ends with; null for all others. */
  readonly select: string | null
}

/** @param compiled by the name of their target */
export function projectState(compiled: ReadonlyMap<string, CompiledPlan>): ProjectState {
  const [first] = [...compiled.values()]
  return {
    version: stateVersion,
    project: first?.project.settings.name ?? '',
    targets: Object.fromEntries([...compiled].map(([name, plan]) => [name, targetState(plan)])),
  }
}

function targetState(compiled: CompiledPlan): TargetState {
  const { plan, input, macros } = compiled
  const naming = namingOf(compiled)
  const steps = new Map(plan.steps.map(step => [step.id, step]))
  const files = new Map(
    [...compiled.project.models, ...compiled.project.seeds].map(file => [file.path, digest(file.text)]),
  )
  const beside = filesByModel(compiled)
  const nodes = compiled.selected.map(id => {
    const yaml = yamlOf(beside.get(id), compiled.graph.graph.node(id))
    return nodeState(compiled, id, steps.get(id), { hashes: files, yaml, naming })
  })
  const used = new Set(nodes.map(({ file }) => file))
  const outside = (name: string, batches: readonly Batch[]): readonly NodeState[] =>
    batches.length === 0 ? [] : [runState(name, batches, naming)]
  return {
    adapter: input.dialect.name,
    package_version: packageVersion(),
    whole: input.reach.kind === 'new' && isWhole(compiled),
    macros: Object.fromEntries(
      [...macros].sort(byName).map(([name, { file, text }]) => [name, { file, hash: digest(text) }]),
    ),
    naming: naming.values,
    yaml: Object.fromEntries([...yamlFiles(compiled)].sort(byName)),
    unused: Object.fromEntries([...files].filter(([path]) => !used.has(path)).sort(byName)),
    nodes: [...outside('run.open', plan.opening), ...nodes, ...outside('run.close', plan.closing)],
  }
}

const isWhole = ({ graph, selected }: CompiledPlan): boolean => {
  const chosen = new Set(selected)
  return graph.order.every(id => chosen.has(id) || graph.graph.node(id).kind === 'test')
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)

/** seshat.yml, the files beside models, and those of modules. */
function yamlFiles({ project }: CompiledPlan): ReadonlyMap<string, string> {
  const beside = project.properties.map(({ yaml }) => yaml)
  return new Map([
    // What a variable is set to is told of each node that reads it.
    [project.yaml.file, digest(JSON.stringify({ ...project.settings, vars: undefined }))] as const,
    ...beside.map(({ file, data }) => [file, digest(JSON.stringify(data))] as const),
    ...[...project.modules.values()].map(
      ({ folder, definition }) => [`${folder}module.yml`, digest(JSON.stringify(definition))] as const,
    ),
  ])
}

/** The files beside models that say something of each, by the name of the model. */
function filesByModel({ project }: CompiledPlan): ReadonlyMap<string, ReadonlySet<string>> {
  const files = new Map<string, Set<string>>()
  for (const { yaml, properties } of project.properties)
    for (const { name } of properties.models) files.set(name, (files.get(name) ?? new Set()).add(yaml.file))
  return files
}

function yamlOf(beside: ReadonlySet<string> | undefined, { module, custom }: GraphNode): readonly string[] {
  const ofModule = module && !custom ? [`${module.folder}module.yml`] : []
  return ['seshat.yml', ...(beside ?? []), ...ofModule]
}

interface NodeFiles {
  /** Digests of texts, by path. */
  readonly hashes: ReadonlyMap<string, string>
  readonly yaml: readonly string[]
  readonly naming: Naming
}

function nodeState(
  compiled: CompiledPlan,
  id: string,
  step: Step | undefined,
  { hashes, yaml, naming }: NodeFiles,
): NodeState {
  const { graph } = compiled.graph
  const node = graph.node(id)
  const { table } = node
  const model = table?.model
  const file = model?.file ?? table?.seed?.path ?? null
  const select = model && selectOfModel(compiled, model)
  const inlined = [...(step?.madeOf.models ?? [])].filter(name => name !== id)
  const variables = new Map([...(model?.variables ?? []), ...(step?.madeOf.variables ?? [])])
  return {
    name: id,
    kind: node.kind,
    module: node.module?.name ?? null,
    file,
    hash: file === null ? null : (hashes.get(file) ?? null),
    yaml,
    materialized: table?.kind ?? null,
    relation: table && table.kind !== 'ephemeral' ? sqlName(table.relation) : null,
    description: model?.description ?? null,
    config: Object.fromEntries(Object.entries(table?.config ?? {}).sort(byName)),
    columns: columnsOf(table, select?.columns),
    depends_on: [...(graph.predecessors(id) ?? [])].sort(),
    refs: (model?.refs ?? []).map(({ name }) => name).sort(),
    variables: Object.fromEntries([...variables].sort(byName)),
    macros: model?.macros ?? [],
    inlines: inlined.sort(),
    select: select?.state ?? null,
    compiled_file: step ? compiledPath(step) : null,
    statements: step ? statementStates(step.batches, naming) : [],
  }
}

/** What a run does outside of its nodes: before the first and after the last. */
const runState = (name: string, batches: readonly Batch[], naming: Naming): NodeState => ({
  name,
  kind: 'run',
  module: null,
  file: null,
  hash: null,
  yaml: ['seshat.yml'],
  materialized: null,
  relation: null,
  description: null,
  config: {},
  columns: null,
  depends_on: [],
  refs: [],
  variables: {},
  macros: [],
  inlines: [],
  select: null,
  compiled_file: `${name.replace('.', '/')}.sql`,
  statements: statementStates(batches, naming),
})

function selectOfModel({ input }: CompiledPlan, { sql, rebuildSql }: ParsedModel) {
  const tokens = tokensOf(sql, input.dialect.backslashEscapes)
  const parts = selectParts(tokens)
  const whole = rebuildSql === sql ? [] : tokensOf(rebuildSql, input.dialect.backslashEscapes)
  const state: SelectState = {
    tokens: digest(tokenText([...tokens, ...whole])),
    rest: parts ? digest(parts.rest + tokenText(whole)) : null,
  }
  const columns = parts?.columns.map(
    ({ name, type, expression }): ColumnState => ({ name, type: type ?? null, hash: digest(expression) }),
  )
  return { state, columns }
}

/** Declared types win; what a column is computed from is the select's. */
function columnsOf(
  table: Table | undefined,
  selected: readonly ColumnState[] | undefined,
): readonly ColumnState[] | null {
  if (!table || table.columns.length === 0) return selected ?? null
  if (!table.module && selected) {
    // What a project declares of its own model describes it; the select makes it.
    const declared = new Map(table.columns.map(({ name, type }) => [name, type]))
    return selected.map(column => ({ ...column, type: declared.get(column.name) ?? column.type }))
  }
  const found = new Map(selected?.map(column => [column.name, column]))
  return table.columns.map(({ name, type }) => ({
    name,
    type: type ?? found.get(name)?.type ?? null,
    hash: found.get(name)?.hash ?? null,
  }))
}

const statementStates = (batches: readonly Batch[], naming: Naming): readonly StatementState[] =>
  batches.flatMap(batch =>
    batch.statements.map(statement => ({
      ...statementState(statement, batch.transaction, naming),
      purpose: neutralPurpose(statement.purpose, naming),
    })),
  )
