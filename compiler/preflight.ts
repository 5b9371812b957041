// Nodes of a plan -> the questions to ask before anything is changed: is every table there that the plan reads and does
// not make itself, and if not, what fills it?

import type { Catalog, Table } from './catalog.js'
import { wholeHistory } from './custom_model_statements.js'
import type { GraphNode } from './graph.js'
import { readTable, relationsRead } from './model_sql.js'
import type { PlanInput } from './plan.js'
import { type Relation, sqlName } from './relation.js'
import type { Statement } from './statement.js'
import type { ModelTable } from './table_statements.js'

/** Tables that the plan reads and does not make itself have to be there. */
export function preflight(input: PlanInput, nodes: readonly GraphNode[]): readonly Statement[] {
  const { dialect, project } = input
  const made = new Set(nodes.flatMap(node => madeBy(project.catalog, node)).map(sqlName))
  const removed = new Set(
    [...project.catalog.tables.values()]
      .filter(({ kind }) => kind === 'removed')
      .map(({ relation }) => sqlName(relation)),
  )
  const read = new Map<string, NeededInput>()
  const need = (relation: Relation, reader: string, unless?: Relation): void => {
    const name = sqlName(relation)
    if (!made.has(name) && !read.has(name)) read.set(name, { reader, onlyOnce: unless })
  }
  for (const node of nodes) {
    const life = node.module && project.lives.get(node.module.name)
    if (life && node.kind === 'setup')
      for (const table of life.inputs.filter(isGiven)) need(readTable(input, table).relation, node.id)
    if (life && node.kind === 'complete')
      for (const table of life.inputs.filter(isGiven)) need(table.relation, node.id)
    if (node.kind === 'model' && node.table?.model) {
      const table = { ...node.table, model: node.table.model }
      for (const { relation, unless } of modelNeeds(input, table, removed)) need(relation, node.id, unless)
    }
  }
  return [...read].sort().map(([name, { reader, onlyOnce }]) => {
    const [schema = '', table = ''] = name.split('.')
    return {
      purpose: `whether ${name} is there`,
      check: 'missing-input-table',
      sql: `select ${dialect.literal(name)} as relation, ${dialect.literal(reader)} as reader, ${dialect.literal(filler(project.catalog, name))} as filled_by
where not (${dialect.tableExists({ schema, name: table })})${onlyOnce ? `\n    and (${dialect.tableExists(onlyOnce)})` : ''}`,
    }
  })
}

interface NeededInput {
  readonly reader: string
  /** It is read only where this one is there already. */
  readonly onlyOnce: Relation | undefined
}

/** The table of removed groups is made by the setup of the module that reads it. */
const isGiven = (table: Table): boolean => table.kind !== 'removed'

/**
 * What a model's step reads; one that is new here and can read all of history needs that instead of one run's rows.
 * @param removed names of tables of removed groups, which setup makes
 */
function modelNeeds(
  input: PlanInput,
  table: ModelTable,
  removed: ReadonlySet<string>,
): readonly { readonly relation: Relation; readonly unless?: Relation }[] {
  if (table.kind === 'ephemeral') return []
  const usual = relationsRead(input, table.model).filter(relation => !removed.has(sqlName(relation)))
  const whole = table.module ? undefined : wholeHistory(input, table)
  if (!whole) return usual.map(relation => ({ relation }))
  const history = relationsRead(whole, table.model)
  return [
    ...history.map(relation => ({ relation })),
    ...usual.map(relation => ({ relation, unless: table.relation })),
  ]
}

/** What fills a table, in words, for the person who finds it missing. */
function filler(catalog: Catalog, name: string): string {
  const table = [...catalog.tables.values()].find(entry => sqlName(entry.relation) === name)
  if (!table) return 'It is a source: load it first, or correct its schema.'
  if (table.kind === 'seed' || table.seed) return 'It is a seed: load it with seshat seed.'
  if (table.kind === 'external')
    return `It belongs to module ${table.module?.name}, which this project does not run; whoever fills it has to create it.`
  const main = table.module ? ` --select ${table.module.name}` : ` --select ${table.name}`
  return `Make it with: seshat run${main}${table.kind === 'scratch' ? ' (the complete step has dropped it)' : ''}`
}

function madeBy(catalog: Catalog, node: GraphNode): readonly Relation[] {
  if (node.kind === 'seed' || node.kind === 'model') {
    const own = node.table ? [node.table.relation] : []
    const replaced = catalog.tables.get(`${node.id}_replaced`)
    return replaced?.kind === 'replaced' ? [...own, replaced.relation] : own
  }
  return []
}
