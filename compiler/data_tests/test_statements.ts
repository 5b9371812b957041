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
  const { model } = table
  const config = model.test?.config ?? {}
  const select =
    config.where === undefined || isDeclared(table)
      ? selectOf(context, model)
      : filtered(context, table, config.where)
  return [
    inOrder(
      ...relationsRead(context, model).map(relation => isThere(context, relation)),
      ...kept(context, table, config, select),
      failures(
        config,
        config.store_failures && config.limit === undefined ? sqlName(table.relation) : `(\n${select}\n)`,
        table.name,
      ),
    ),
  ]
}

/** The condition of a test in YAML stands in its select already; that of a file is about the rows which it gives. */
const isDeclared = ({ model }: ModelTable): boolean => !model.file.endsWith('.sql')

const filtered = (context: PlanContext, { model }: ModelTable, where: string): string =>
  `select t.*\nfrom (\n${selectOf(context, model)}\n) as t\nwhere (${where}${where.includes('--') ? '\n' : ''})`

function isThere({ dialect, project }: PlanContext, relation: Relation): Statement {
  const name = sqlName(relation)
  const table = [...project.catalog.tables.values()].find(entry => sqlName(entry.relation) === name)
  return {
    purpose: `whether ${name} is there`,
    test: 'needs',
    sql: `select ${dialect.literal(`${name} is not there: ${whyNot(table)}`)} as reason
where not (${dialect.tableExists(relation)})`,
  }
}

function whyNot(table: Table | undefined): string {
  if (!table) return 'it is a source'
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
    test: 'failures',
    sql: `select\n    f.*,\n${totals.join(',\n')}\nfrom ${from} as f${inherited ? `\norder by f.${inherited}` : ''}\nlimit ${limit}`,
  }
}
