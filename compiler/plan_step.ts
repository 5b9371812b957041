// Graph node -> Step: the statements of one seed, model, test or step of a life cycle, and a note of what they are made
// of. Its place among the others is the plan's to say.

import type { GraphNode } from './graph.js'
import { relationsRead, type StepTrace, selectOf } from './model_sql.js'
import { modelBatches } from './model_statements.js'
import { commitBatches, completeBatches, setupBatches } from './module_statements.js'
import type { PlanInput, Step } from './plan.js'
import { endsRun, followsEnd } from './run_ends.js'
import { setLimits } from './scan_limits.js'
import { readSeed, seedBatches } from './seed.js'
import { fileOf } from './select_names.js'
import { packagePrefix } from './source_file.js'
import { type Batch, inOrder } from './statement.js'
import type { ModelTable } from './table_statements.js'
import type { Variables } from './variables.js'

/**
 * @param nodes all nodes of the plan
 * @throws Faults `bad-seed`
 */
export function makeStep(plain: PlanInput, node: GraphNode, nodes: readonly GraphNode[]): Step {
  const madeOf = nothingYet()
  const input = { ...plain, trace: madeOf, variables: noting(plain.variables, madeOf) }
  const types = input.seedTypes(node.id)
  const seed = node.table?.seed && {
    table: node.table,
    rows: readSeed(node.table.seed, node.table, types),
    analyze: input.dialect.analyze(node.table.relation, 'durable'),
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
      : setLimits(input.dialect, nodeBatches(input, node, nodes)),
    seed,
    ...(node.unitTest && { unitTest: node.unitTest }),
    madeOf,
  }
}

/** What a step is made of before anybody has looked. */
export const nothingYet = (): StepTrace => ({ models: new Set(), variables: new Map() })

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

function nodeBatches(input: PlanInput, node: GraphNode, nodes: readonly GraphNode[]): readonly Batch[] {
  const { table } = node
  if (node.kind === 'model' && table?.model) return modelBatches(input, { ...table, model: table.model })
  if (node.kind === 'test' && table?.model) return [testBatch(input, { ...table, model: table.model })]
  const life = node.module && input.project.lives.get(node.module.name)
  if (!life) return []
  if (node.kind === 'setup') return setupBatches(input, life, followsEnd(input, node, nodes))
  if (node.kind === 'commit') return commitBatches(input, life, input.version)
  if (node.kind === 'complete') return completeBatches(input, life, endsRun(input, node, nodes))
  return []
}

/**
 * Counts the rows that break a law, where all tables that it speaks of are there. Rows that were there before the module
 * first ran (`inherited`) only warn.
 */
function testBatch(input: PlanInput, { name, model }: ModelTable): Batch {
  const context: PlanInput = { ...input, reach: { kind: 'new' } }
  return inOrder({
    purpose: `whether the law ${name} holds`,
    check: 'law-broken',
    onlyIf: relationsRead(context, model).map(relation => input.dialect.tableExists(relation)),
    sql: `select t.failures, t.inherited, t.example
from (
    select
        count(*) as failures,
        sum(f.inherited) as inherited,
        coalesce(min(case when f.inherited = 0 then f.what end), min(f.what)) as example
    from (
${selectOf(context, model)}
    ) as f
) as t
where t.failures > 0`,
  })
}
