// --full-refresh from the events: the plan of ordinary runs, but into tables aside, repeated until it has caught up; then
// one transaction puts their rows in the place of production's. Whoever reads production sees it whole, before or after.
// A rebuild that died is resumed: its tables aside are durable, and a mark names the plan that filled them, until the swap.

import { createHash } from 'node:crypto'
import { noLayout } from '../adapters/dialect.js'
import { isStaged, type Table } from './catalog.js'
import { swapStatements, viewsOver } from './custom_model_statements.js'
import { createWritten, noteWritten } from './input_notes.js'
import {
  createMetadata,
  forgetInherited,
  metadataColumnNames,
  metadataRelation,
  privateRelations,
} from './metadata.js'
import { type DroppedRelation, destroyedTables, drop } from './module_drops.js'
import type { ModuleLife } from './module_life.js'
import { createTable } from './module_statements.js'
import type { Plan, PlanInput, Step } from './plan.js'
import { nothingYet } from './plan_step.js'
import { type Relation, sqlName } from './relation.js'
import { reportQuestions } from './report_questions.js'
import { allOrNothing, type Batch, inOrder, renderBatches, type Statement } from './statement.js'
import {
  addColumns,
  columnNames,
  createSchema,
  dropTable,
  grants,
  type ModelTable,
  makeTable,
  renamedIndexes,
  statement,
  statistics,
  writtenColumns,
} from './table_statements.js'

/**
 * @param rounds the plan that fills the tables aside
 * @param aside the input that `rounds` was made of
 * @param production the same with the names of production
 */
export function replayPlan(rounds: Plan, aside: PlanInput, production: PlanInput): Plan {
  const swap: Step = {
    id: 'run.swap',
    kind: 'swap',
    file: undefined,
    materialized: undefined,
    module: 'run',
    after: [],
    behind: [],
    batches: [...swapBatches(aside, production), dropAside(aside)],
    seed: undefined,
    madeOf: nothingYet(),
  }
  // Each run has written to the tables aside, and at the end their rows stand in production.
  const report = { ...rounds.report, atEnd: reportQuestions(production).atEnd }
  return { ...rounds, beginning: [beginOrResume(rounds, aside)], afterwards: [swap], report }
}

const markRelation = ({ project }: PlanInput): Relation =>
  project.catalog.privateRelation('scratch_schema', 'plan')

/** Drops what another rebuild has left aside, unless the same plan has filled it. */
function beginOrResume(rounds: Plan, aside: PlanInput): Batch {
  const { dialect } = aside
  const mark = markRelation(aside)
  const hash = dialect.literal(planHash(rounds))
  const other = `select not exists (select 1 from ${sqlName(mark)} where plan_hash = ${hash})`
  return inOrder(
    createSchema(aside, mark.schema),
    makeTable(dialect, 'the mark of a rebuild under way', {
      relation: mark,
      columns: [{ name: 'plan_hash', type: 'varchar(64)' }],
      storage: 'durable',
      layout: noLayout,
    }),
    ...asideRelations(aside).map(relation => ({ ...drop(aside, relation), onlyIf: [other] })),
    statement('forget another rebuild', `delete from ${sqlName(mark)}\nwhere plan_hash <> ${hash}`),
    {
      purpose: 'mark this rebuild as under way',
      sql: `insert into ${sqlName(mark)} (plan_hash)\nselect ${hash}\nwhere not exists (select 1 from ${sqlName(mark)})`,
    },
  )
}

export function planHash(plan: Plan): string {
  const made = plan.steps.filter(({ unitTest }) => !unitTest)
  const text = made.map(step => `${step.id}\n${renderBatches(step.batches)}`).join('\n')
  return createHash('sha256').update(text).digest('hex')
}

/** Every relation that the rounds may have made, views first. */
function asideRelations(aside: PlanInput): readonly DroppedRelation[] {
  const lives = selectedLives(aside)
  const custom = selectedCustom(aside).map(
    (table): DroppedRelation => ({
      relation: table.relation,
      kind: table.kind === 'view' ? 'view' : 'table',
    }),
  )
  const found = [
    ...custom.reverse(),
    ...lives.flatMap(life => destroyedTables(aside, life)),
    ...privateRelations(aside.project.catalog).map(
      (relation): DroppedRelation => ({ relation, kind: 'table' }),
    ),
  ].sort((a, b) => Number(b.kind === 'view') - Number(a.kind === 'view'))
  return [...new Map(found.map(entry => [sqlName(entry.relation), entry])).values()]
}

const dropAside = (aside: PlanInput): Batch =>
  inOrder(
    ...asideRelations(aside).map(relation => drop(aside, relation)),
    dropTable(aside.dialect, 'the rebuild is done', markRelation(aside)),
  )

const selectedLives = ({ project, selected }: PlanInput): readonly ModuleLife[] =>
  [...project.lives.values()].filter(life => selected.has(`${life.module.name}.commit`))

/** The project's own models of the plan, each behind those that it reads. */
const selectedCustom = ({ project, selected }: PlanInput): readonly ModelTable[] =>
  project.order.flatMap(id => {
    const table = project.catalog.tables.get(id)
    const custom = table?.model && !table.module && table.kind !== 'ephemeral' && selected.has(id)
    return custom && table.model ? [{ ...table, model: table.model }] : []
  })

function swapBatches(aside: PlanInput, production: PlanInput): readonly Batch[] {
  const { dialect } = production
  const lives = selectedLives(production)
  const filled = lives.flatMap(life => [...life.committed, ...life.manifests, ...life.removed])
  const standing = (table: Table): Table => {
    const found = aside.project.catalog.tables.get(table.name)
    if (!found) throw new Error(`'${table.name}' has no table aside`)
    return found
  }
  const custom = selectedCustom(production)
  const rebuilt = custom.filter(table => table.kind !== 'view')
  const views = viewsOf(production, custom)
  const swap = [
    ...swapStatements(
      production,
      rebuilt.map(table => ({ table, fresh: standing(table).relation })),
      views,
    ),
    ...rebuilt.flatMap(table => renamedIndexes(production, table, standing(table).relation)),
  ]
  // From here on the tables aside are no rebuild to go on with: what is swapped in is no longer among them.
  const forget = statement(
    'the rebuild stands in production: it is not to be resumed',
    `delete from ${sqlName(markRelation(aside))}`,
  )
  const swapsCommit = dialect.ddlCommits && swap.length > 0
  const metadata = metadataRelation(production.project.catalog)
  const schemas = new Set([metadata, ...filled.map(table => table.relation)].map(({ schema }) => schema))
  return [
    inOrder(
      ...[...schemas].map(schema => createSchema(production, schema)),
      ...createMetadata(production),
      ...filled.flatMap(table => createTable(production, table)),
      ...createWritten(production, filled),
      ...filled
        .filter(table => table.config.extra_columns)
        .map(table => addColumns(production, table, standing(table).relation)),
    ),
    // Where each swap commits, the manifests come last: whoever runs on in between still has these events to read.
    inOrder(...(swapsCommit ? [forget, ...swap] : [])),
    allOrNothing(
      ...filled.flatMap(table => takeOver(production, table, standing(table))),
      statement(
        'take over the metadata of the rebuild',
        `insert into ${sqlName(metadata)} (${metadataColumnNames})\nselect ${metadataColumnNames}\nfrom ${sqlName(metadataRelation(aside.project.catalog))}`,
      ),
      ...forgetInherited(production, filled),
      ...(swapsCommit ? [] : [...swap, forget]),
    ),
    inOrder(...filled.filter(table => !isStaged(table)).map(table => statistics(production, table.relation))),
    ...[...rebuilt, ...views].map(table => grants(production, table)),
  ].filter(batch => batch.statements.length > 0)
}

/** The project's views that are made again: those of the plan, and those over tables that are swapped. */
function viewsOf(production: PlanInput, custom: readonly ModelTable[]): readonly ModelTable[] {
  const views = new Map(
    custom
      .flatMap(table => (table.kind === 'view' ? [table] : viewsOver(production, table)))
      .map(view => [view.name, view]),
  )
  return production.project.order.flatMap(id => views.get(id) ?? [])
}

/** All rows of the table aside in the place of all rows of production; what others have granted or built on it stays. */
function takeOver(context: PlanInput, table: Table, aside: Table): readonly Statement[] {
  const names = columnNames(writtenColumns(table))
  return [
    statement(`empty ${table.name}`, `delete from ${sqlName(table.relation)}`),
    {
      purpose: `write the rows of ${table.name}`,
      sql: `insert into ${sqlName(table.relation)} (${names})\nselect ${names}\nfrom ${sqlName(aside.relation)}`,
      writes: table.name,
    },
    ...noteWritten(context, table, aside.relation),
  ]
}
