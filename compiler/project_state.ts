// A compiled project -> plain data by which it can be compared: for each node what it is, what it is made of, and every statement
// that it runs. target/manifest.json holds it (manifest.ts).

import type { Table } from './catalog.js'
import { columnsOf } from './column_states.js'
import { schemaVariables } from './compared_statement.js'
import type { CompiledPlan } from './compile.js'
import { digest, fileDigest } from './digest.js'
import { type GraphNode, isTestKind } from './graph.js'
import type { Lineage } from './lineage.js'
import {
  manifestVersion,
  type NodeState,
  type ProjectState,
  type StatementState,
  type TargetState,
} from './manifest.js'
import { compiledPath, type Step } from './plan.js'
import { sqlName } from './relation.js'
import { SelectStates } from './select_state.js'
import { packageVersion } from './source_file.js'
import { type Batch, needText, type Statement, whenText } from './statement.js'

/** A project whose nodes are worked out one after the other, in the order of the plan, once. */
export type StateByNode = Omit<ProjectState, 'targets'> & {
  readonly targets: Readonly<Record<string, TargetByNode>>
}
type TargetByNode = Omit<TargetState, 'nodes'> & { readonly nodes: Iterable<NodeState> }

/** @param compiled by the name of their target */
export function projectState(compiled: ReadonlyMap<string, CompiledPlan>): ProjectState {
  const { targets, ...project } = stateByNode(compiled)
  return {
    ...project,
    targets: Object.fromEntries(
      Object.entries(targets).map(([name, { nodes, ...target }]) => [name, { ...target, nodes: [...nodes] }]),
    ),
  }
}

/** The same as projectState, of which no more than a node need be in memory. */
export function stateByNode(
  compiled: ReadonlyMap<string, CompiledPlan>,
  lineage: Lineage | 'unknown' = 'unknown',
  selects = new SelectStates(),
): StateByNode {
  const [first] = [...compiled.values()]
  return {
    version: manifestVersion,
    project: first?.project.settings.name ?? '',
    lineage,
    targets: Object.fromEntries([...compiled].map(([name, plan]) => [name, targetState(plan, selects)])),
  }
}

function targetState(compiled: CompiledPlan, selects: SelectStates): TargetByNode {
  const { plan, input, macros, graph } = compiled
  const steps = new Map(plan.steps.map(step => [step.id, step]))
  const files = new Map(
    [...compiled.project.models, ...compiled.project.seeds].map(file => [file.path, fileDigest(file)]),
  )
  const beside = filesByModel(compiled)
  const used = new Set(compiled.selected.map(id => fileOf(graph.graph.node(id))))
  const outside = (name: string, batches: readonly Batch[]): readonly NodeState[] =>
    batches.length === 0 ? [] : [runState(name, statementStates(batches))]
  function* nodes(): Generator<NodeState> {
    // Questions, of the report and of the catalog, change nothing, so that no difference in them is one to review.
    yield* outside('run.open', withoutQuestions(plan.opening))
    for (const id of compiled.selected) {
      const yaml = yamlOf(beside.get(id), graph.graph.node(id))
      yield nodeState(compiled, id, steps.get(id), { selects, hashes: files, yaml })
    }
    yield* outside('run.close', plan.closing)
  }
  return {
    adapter: input.dialect.name,
    package_version: packageVersion(),
    whole: input.reach.kind === 'new' && isWhole(compiled),
    backslash_escapes: input.dialect.backslashEscapes,
    macros: Object.fromEntries(
      [...macros].sort(byName).map(([name, { file, text }]) => [name, { file, hash: digest(text) }]),
    ),
    naming: namingOf(compiled),
    tables: tablesWithEntropy(compiled),
    yaml: Object.fromEntries([...yamlFiles(compiled)].sort(byName)),
    unused: Object.fromEntries([...files].filter(([path]) => !used.has(path)).sort(byName)),
    nodes: nodes(),
  }
}

const namingVariables = [...schemaVariables, 'entropy', 'skip_derived', 'stage_next']

function namingOf({ project }: CompiledPlan): TargetState['naming'] {
  const valuesFor = (module?: string) =>
    namingVariables.map(name => [name, project.variables.value(module, name) ?? null] as const)
  return Object.fromEntries(
    [undefined, ...project.modules.keys()].map(module => [
      module ?? '',
      Object.fromEntries(valuesFor(module)),
    ]),
  )
}

const tablesWithEntropy = ({ project, graph }: CompiledPlan): readonly string[] =>
  (project.variables.value(undefined, 'entropy') ?? '') === ''
    ? []
    : [...graph.catalog.tables.keys()].map(name => name.toLowerCase()).sort()

const withoutQuestions = (batches: readonly Batch[]): readonly Batch[] =>
  batches
    .map(batch => ({ ...batch, statements: batch.statements.filter(({ asks }) => !asks) }))
    .filter(({ statements }) => statements.length > 0)

const isWhole = ({ graph, selected }: CompiledPlan): boolean => {
  const chosen = new Set(selected)
  return graph.order.every(id => chosen.has(id) || isTestKind(graph.graph.node(id).kind))
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
    for (const { name } of [...properties.models, ...properties.seeds, ...properties.data_tests])
      files.set(name, (files.get(name) ?? new Set()).add(yaml.file))
  return files
}

function yamlOf(
  beside: ReadonlySet<string> | undefined,
  { module, custom, table }: GraphNode,
): readonly string[] {
  const ofModule = module && !custom ? [`${module.folder}module.yml`] : []
  const file = table?.model?.file ?? ''
  const ofTest = /\.ya?ml$/.test(file) ? [file] : []
  return [...new Set(['seshat.yml', ...(beside ?? []), ...ofModule, ...ofTest])]
}

interface NodeContext {
  readonly selects: SelectStates
  /** Digests of texts, by path. */
  readonly hashes: ReadonlyMap<string, string>
  readonly yaml: readonly string[]
}

function nodeState(
  compiled: CompiledPlan,
  id: string,
  step: Step | undefined,
  { hashes, yaml, selects }: NodeContext,
): NodeState {
  const { graph } = compiled.graph
  const node = graph.node(id)
  const { table } = node
  const model = table?.model
  const file = fileOf(node)
  const select = model && selects.of(model, compiled.input.dialect.backslashEscapes)
  const inlined = [...(step?.madeOf.models ?? [])].filter(name => name !== id)
  const variables = new Map([...(model?.variables ?? []), ...(step?.madeOf.variables ?? [])])
  return {
    name: id,
    kind: node.kind,
    module: node.module?.name ?? null,
    file,
    hash: file === null ? null : (hashes.get(file) ?? null),
    config_at: model?.configAt ?? null,
    yaml,
    materialized: table?.kind ?? null,
    relation: table && isMade(table) ? sqlName(table.relation) : null,
    description: model?.description ?? null,
    config: Object.fromEntries(Object.entries(model?.test?.config ?? table?.config ?? {}).sort(byName)),
    columns: columnsOf(table, select?.columns),
    depends_on: (graph.predecessors(id) ?? [])
      .filter(before => graph.node(before).kind !== 'unit_test')
      .sort(),
    refs: inNameOrder(model?.refs ?? []),
    sources: inNameOrder(
      (model?.sources ?? []).map(({ name, table: of, at }) => ({ name: `${name}.${of}`, at })),
    ),
    variables: Object.fromEntries([...variables].sort(byName)),
    macros: model?.macros ?? [],
    inlines: inlined.sort(),
    select: select?.state ?? null,
    compiled_file: step && !step.unitTest ? compiledPath(step) : null,
    statements: step ? statementStates(step.batches) : [],
  }
}

const fileOf = ({ table, unitTest }: GraphNode): string | null =>
  table?.model?.file ?? table?.seed?.path ?? unitTest?.yaml.file ?? null

/** A data test makes a table where it keeps its failing rows. */
const isMade = ({ kind, model }: Table): boolean =>
  kind === 'test' ? model?.test?.config.store_failures === true : kind !== 'ephemeral'

/** What a run does outside of its nodes: before the first and after the last. */
const runState = (name: string, statements: readonly StatementState[]): NodeState => ({
  name,
  kind: 'run',
  module: null,
  file: null,
  hash: null,
  config_at: null,
  yaml: ['seshat.yml'],
  materialized: null,
  relation: null,
  description: null,
  config: {},
  columns: null,
  depends_on: [],
  refs: [],
  sources: [],
  variables: {},
  macros: [],
  inlines: [],
  select: null,
  compiled_file: `${name.replace('.', '/')}.sql`,
  statements,
})

type Referred = NodeState['refs'][number]
const inNameOrder = (references: readonly Referred[]): readonly Referred[] =>
  references.map(({ name, at }) => ({ name, at })).sort((a, b) => byName([a.name, a], [b.name, b]))

const statementStates = (batches: readonly Batch[]): readonly StatementState[] =>
  batches.flatMap(batch => batch.statements.map(statement => statementState(statement, batch)))

function statementState(
  { purpose, sql, check, makesStatements, needs = [], onlyIf = [] }: Statement,
  { transaction, when }: Batch,
): StatementState {
  const state: { -readonly [Key in keyof StatementState]: StatementState[Key] } = { purpose, sql }
  if (transaction) state.transaction = transaction
  if (when) state.when = whenText(when)
  if (needs.length + onlyIf.length > 0) state.only_if = [...needs.map(needText), ...onlyIf]
  if (check) state.check = check
  if (makesStatements) state.makes_statements = makesStatements
  return state
}
