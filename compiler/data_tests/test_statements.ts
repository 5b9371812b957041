// A data test -> the statements of its step: whether what it reads is there, the failing rows where they are kept, and how
// many fail.

import { noLayout } from '../../adapters/dialect.js'
import { isScratchView, type Table } from '../catalog.js'
import { type PlanContext, relationsRead, selectOf } from '../model_sql.js'
import { type Relation, sqlName } from '../relation.js'
import { type Batch, inOrder, type Statement } from '../statement.js'
import { type ModelTable, statement } from '../table_statements.js'
import { failingColumn, inheritedTotal } from './run_test.js'
import type { TestConfig } from './test_config.js'

const shownByDefault = 5

/** It looks at tables as they are, also in a plan that rebuilds them. */
export function testBatches(plan: PlanContext, table: ModelTable): readonly Batch[] {
  const context: PlanContext = { ...plan, reach: { kind: 'new' } }
  const config = table.model.test?.config ?? {}
  const select = failingRows(context, table, config)
  const isKeptWhole = config.store_failures && config.limit === undefined
  const from = isKeptWhole ? sqlName(table.relation) : `(\n${select}\n)`
  const statements = [...kept(context, table, config, select), failures(config, from, table.name)]
  const onlyIf = relationsRead(context, table.model).map(relation => context.dialect.tableExists(relation))
  return [inOrder(...statements.map(found => ({ ...found, onlyIf })))]
}

/** What to say where a condition of `testBatches` does not hold, in their order. */
export const whyNotTested = (plan: PlanContext, { model }: ModelTable): readonly string[] =>
  relationsRead({ ...plan, reach: { kind: 'new' } }, model).map(relation => whyNot(plan, relation))

function failingRows(context: PlanContext, { model }: ModelTable, { where }: TestConfig): string {
  const select = selectOf(context, model)
  // The condition of a test in YAML stands in its select; that of a file is about the rows which it gives.
  if (where === undefined || !model.file.endsWith('.sql')) return select
  return `select t.*\nfrom (\n${select}\n) as t\nwhere (${where}${where.includes('--') ? '\n' : ''})`
}

function whyNot({ project }: PlanContext, relation: Relation): string {
  const name = sqlName(relation)
  const table = [...project.catalog.tables.values()].find(entry => sqlName(entry.relation) === name)
  return `${name} is not there: ${table ? makerOf(table) : 'it is a source'}`
}

function makerOf(table: Table): string {
  const { kind, module, name } = table
  const isDropped = kind === 'scratch' || kind === 'replaced' || isScratchView(table)
  if (isDropped) return `${module?.name}.complete has dropped it; seshat build tests it before that`
  if (kind === 'external') return `whoever fills it for module ${module?.name} has not made it`
  if (kind === 'seed') return 'load it with seshat seed'
  if (kind === 'private') return 'the first run of a module makes it'
  return `make it with seshat run --select ${module?.name ?? name}`
}

/** The table of failing rows is made anew, so that it tells of the last run alone. */
function kept(
  { dialect }: PlanContext,
  { relation, name }: Table,
  { store_failures, limit }: TestConfig,
  select: string,
): readonly Statement[] {
  if (!store_failures) return []
  const rows = limit === undefined ? select : `select f.*\nfrom (\n${select}\n) as f\nlimit ${limit}`
  return [
    statement(`drop ${sqlName(relation)} of an earlier run`, dialect.dropTable(relation)),
    statement(`keep the failing rows of ${name}`, dialect.createTableAs(relation, rows, 'scratch', noLayout)),
  ]
}

/** Some failing rows, each with how many there are; those that another system has written come last. */
function failures({ limit = shownByDefault, inherited }: TestConfig, from: string, name: string): Statement {
  const totals = [
    `    count(*) over () as ${failingColumn}`,
    ...(inherited ? [`    sum(f.${inherited}) over () as ${inheritedTotal}`] : []),
  ]
  return {
    purpose: `the rows that fail ${name}`,
    failures: true,
    sql: `select\n    f.*,\n${totals.join(',\n')}\nfrom ${from} as f${inherited ? `\norder by f.${inherited}` : ''}\nlimit ${limit}`,
  }
}
