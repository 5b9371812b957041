// Graph node -> Step: the statements of one seed, model, test or step of a life cycle, and a note of what they are made
// of. Its place among the others is the plan's to say.

import { askForWork, type Rest, withWork } from './at_rest.js'
import type { StepTest } from './data_tests/run_test.js'
import { testBatches, whyNotTested } from './data_tests/test_statements.js'
import type { GraphNode } from './graph.js'
import type { StepTrace } from './model_sql.js'
import { modelBatches } from './model_statements.js'
import { commitBatches, completeBatches, setupBatches } from './module_statements.js'
import type { PlanInput, Step } from './plan.js'
import { sqlName } from './relation.js'
import { endsRun, followsEnd } from './run_ends.js'
import { setLimits } from './scan_limits.js'
import { readSeed, seedBatches } from './seed.js'
import { fileOf } from './select_names.js'
import { packagePrefix } from './source_file.js'
import type { Batch } from './statement.js'
import type { Variables } from './variables.js'

/**
 * @param nodes all nodes of the plan
 * @throws Faults `bad-seed`
 */
export function makeStep(
  plain: PlanInput,
  node: GraphNode,
  nodes: readonly GraphNode[],
  rests: ReadonlyMap<string, Rest>,
): Step {
  const madeOf = nothingYet()
  const input = { ...plain, trace: madeOf, variables: noting(plain.variables, madeOf) }
  const types = input.seedTypes(node.id)
  const seed = node.table?.seed && {
    table: node.table,
    rows: readSeed(node.table.seed, node.table, types),
    analyze: input.dialect.analyze(node.table.relation, 'durable', []),
  }
  return {
    id: node.id,
    kind: node.kind,
    file: projectFile(node),
    materialized: node.table?.kind,
    module: node.kind === 'seed' ? 'seeds' : (node.module?.name ?? 'custom'),
    after: [],
    behind: [],
    batches: seed
      ? seedBatches(input.dialect, seed.table, types, seed.rows)
      : setLimits(input.dialect, nodeBatches(input, node, nodes, rests)),
    seed,
    test: stepTest(input, node),
    ...(node.unitTest && { unitTest: node.unitTest }),
    madeOf,
  }
}

function stepTest(input: PlanInput, { table }: GraphNode): StepTest | undefined {
  const model = table?.model
  if (!table || !model?.test) return undefined
  return {
    ...model.test,
    keptIn: model.test.config.store_failures ? sqlName(table.relation) : undefined,
    unless: whyNotTested(input, { ...table, model }),
  }
}

/** What a step is made of before anybody has looked. */
export const nothingYet = (): StepTrace => ({
  models: new Set(),
  selects: new Set(),
  variables: new Map(),
})

const noting = (variables: Variables, { variables: noted }: StepTrace): Variables => ({
  ...variables,
  value(module, name) {
    const value = variables.value(module, name)
    if (value !== undefined) noted.set(name, value)
    return value
  },
})

function projectFile(node: GraphNode): string | undefined {
  const file = fileOf(node)
  return file?.startsWith(packagePrefix) ? undefined : file
}

function nodeBatches(
  input: PlanInput,
  node: GraphNode,
  nodes: readonly GraphNode[],
  rests: ReadonlyMap<string, Rest>,
): readonly Batch[] {
  const { table } = node
  const rest = rests.get(node.module?.name ?? '')
  if (node.kind === 'model' && table?.model) {
    const batches = modelBatches(input, { ...table, model: table.model })
    return table.module && rest ? restingBatches(input, node, batches, rest) : batches
  }
  if (node.kind === 'test' && table?.model) return testBatches(input, { ...table, model: table.model })
  const life = node.module && input.project.lives.get(node.module.name)
  if (!life) return []
  if (node.kind === 'setup') return setupBatches(input, life, followsEnd(input, node, nodes), rest)
  if (node.kind === 'commit') return commitBatches(input, life, input.version, rest)
  if (node.kind === 'complete') return completeBatches(input, life, endsRun(input, node, nodes), rest)
  return []
}

/** The batches of a model of a module that may find that it has nothing to do. */
function restingBatches(
  input: PlanInput,
  { id }: GraphNode,
  batches: readonly Batch[],
  rest: Rest,
): readonly Batch[] {
  const asks = rest.asksAt === id ? [askForWork(input, rest)] : []
  return [...(rest.always.has(id) ? batches : withWork(rest, batches)), ...asks]
}
