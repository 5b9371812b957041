// The steps of a module's life that are no model: setup, commit, complete. What they create and empty
// follows from the graph (ModuleLife), never from the module's name.

import { noLayout } from '../adapters/dialect.js'
import { askForWork, asksInSetup, atRest, historyOf, isAskedBySetup, type Rest, withWork } from './at_rest.js'
import { batchOf, isScratchView, isStaged, stagedBeside, stagedOf, suffixes, type Table } from './catalog.js'
import { givers, handsOn, isTaken } from './handed_on.js'
import { createWritten, noteColumns, noteInput, noteRelation, removeRead } from './input_notes.js'
import {
  beginModule,
  beginRun,
  forgetInherited,
  noteCommitted,
  noteCompleted,
  noteInherited,
  runIdRelation,
  thisRunColumns,
  thisRunRelation,
  writeMetadata,
} from './metadata.js'
import { metadataAtRest } from './metadata_at_rest.js'
import { groupKey, selectOf } from './model_sql.js'
import { drop, droppedByComplete } from './module_drops.js'
import type { ModuleLife } from './module_life.js'
import { appendStatement, commitStatements, removedStatements } from './module_model_statements.js'
import { type Relation, sqlName } from './relation.js'
import { allOrNothing, type Batch, inOrder, type ReportKind, type Statement } from './statement.js'
import {
  beside,
  columnNames,
  dropScratchView,
  dropTable,
  dropTables,
  grants,
  hooks,
  indexStatements,
  isThere,
  layoutOf,
  type ModelTable,
  makeTable,
  type StatementContext,
  statement,
  statisticsOnceGrown,
  typedColumns,
} from './table_statements.js'

const isModelTable = (table: Table): table is ModelTable => table.model !== undefined

/**
 * Creates what is missing, begins the module's part of the run and notes which input rows are there to be read.
 * @param beginsRun whether it needs a new run id, since a step before it has ended the run
 * @param rest how the module finds that it has nothing to do, if it can
 */
export function setupBatches(
  context: StatementContext,
  life: ModuleLife,
  beginsRun: boolean,
  rest?: Rest,
): readonly Batch[] {
  const { dialect } = context
  const written = [
    ...life.committed,
    ...life.manifests,
    ...life.removed,
    ...life.inputs.filter(table => table.kind === 'removed'),
  ]
  const views = life.scratch.filter(isScratchView)
  const asksHere = rest !== undefined && asksInSetup(rest, life.module)
  const asked = rest !== undefined && isAskedBySetup(rest, life.module)
  const [forget, ...begin] = beginModule(context, life.module)
  return [
    inOrder(
      ...(beginsRun ? beginRun(context) : []),
      forget,
      ...(asked ? [] : begin),
      // Left by a run that did not complete, they would hold what this one builds again.
      ...views.flatMap(view => dropScratchView(dialect, view.relation)),
      ...written.flatMap(table => createTable(context, table)),
      ...createWritten(context, [...life.committed, ...life.inputs]),
    ),
    ...(asksHere ? [askForWork(context, rest)] : []),
    ...withWork(asked ? rest : undefined, [
      inOrder(
        ...(asked ? begin : []),
        ...noteInherited(context, life.committed),
        ...life.inputs.flatMap(input => catchUp(context, life, input)),
      ),
      ...life.inputs.map(input => noteInput(context, input)),
    ]),
  ].filter(batch => batch.statements.length > 0)
}

export function createTable(context: StatementContext, table: Table): readonly Statement[] {
  return [
    makeTable(context.dialect, `the table ${table.name}, where it is missing`, {
      relation: table.relation,
      columns: typedColumns(table),
      storage: 'durable',
      layout: layoutOf(table),
    }),
  ]
}

/**
 * A module that is enabled later than the one above it: its production table is empty and the one above is not. What the
 * staged table between them never got is put into it from there. Source: SEMANTICS, "A module that is enabled later".
 */
function catchUp(context: StatementContext, life: ModuleLife, input: Table): readonly Statement[] {
  const { dialect } = context
  const history = historyOf(context, input)
  const production = life.committed.find(table => table.kind === 'incremental')
  if (!history || !production || context.reach.kind !== 'new') return []
  const group = groupKey(input)
  const above = sqlName(history.relation)
  const names = columnNames(input.columns)
  const time = input.config.time_key
  const isOneRowPerGroup = input.columns.every(({ name }) => name === group || name === time)
  const columns = input.columns
    .map(({ name }) => (isOneRowPerGroup && name === time ? `min(h.${name}) as ${name}` : `h.${name}`))
    .join(', ')
  const needs = [isThere(dialect, history.relation)]
  const onlyIf = [
    `select not exists (select 1 from ${sqlName(production.relation)})`,
    `select exists (select 1 from ${above})`,
  ]
  const planned = [history, input]
    .map(table => statisticsOnceGrown(context, table.relation, layoutOf(table)))
    .filter(statement => statement !== undefined)
  return [
    ...planned.map(({ onlyIf: grown = [], ...statement }) => ({
      ...statement,
      needs,
      onlyIf: [...onlyIf, ...grown],
    })),
    {
      purpose: `bring ${life.module.name} up to date from ${history.name}, if it is new here`,
      needs,
      onlyIf,
      sql: `insert into ${sqlName(input.relation)} (${names})
select ${columns}
from ${above} as h
where h.${group} is not null
    and not exists (select 1 from ${sqlName(input.relation)} as s where s.${group} = h.${group})${withoutHandedOn(context, life, input, group)}${isOneRowPerGroup ? `\ngroup by h.${group}` : ''}`,
    },
  ]
}

/** What the next module takes from this run need not be brought from production. */
function withoutHandedOn(context: StatementContext, life: ModuleLife, input: Table, group: string): string {
  if (!isTaken(context.handedOn, input, life.module)) return ''
  return `\n    and not exists (select 1 from ${sqlName(batchOf(context.project.catalog, input).relation)} as b where b.${group} = h.${group})`
}

/** What stands in a staged table of groups that this run has handed on is older than what has been written of them now. */
function supersede(context: StatementContext, life: ModuleLife, input: Table): readonly Statement[] {
  if (!isTaken(context.handedOn, input, life.module)) return []
  const { catalog } = context.project
  const batch = batchOf(catalog, stagedOf(catalog, input)).relation
  const group = groupKey(input)
  return [
    statement(
      `remove what ${input.name} holds of the groups that were handed on`,
      context.dialect.deleteUsing(input.relation, batch, (t, u) => `${t}.${group} = ${u}.${group}`),
    ),
  ]
}

/** Everything that a module writes for others, in one transaction with its metadata row. */
export function commitBatches(
  context: StatementContext,
  life: ModuleLife,
  version: { name: string; version: string },
  rest?: Rest,
): readonly Batch[] {
  const isHandedOn = ({ name }: Table): boolean => context.handedOn?.has(name) === true
  const tables = life.committed.filter(isModelTable)
  const committed = tables.filter(table => !isHandedOn(table))
  const removed = life.removed.filter(table => !context.handedOn?.has(stagedBeside(table)))
  const arrived = givers(context.project, context.handedOn, life)
  return [
    ...withWork(rest, [
      allOrNothing(
        ...committed.flatMap(table => commitStatements(context, table)),
        ...removed.flatMap(table => removedStatements(context, table)),
        ...life.inputs.flatMap(input => supersede(context, life, input)),
        ...(context.reach.kind === 'rebuild' ? forgetInherited(context, committed) : []),
        ...writeMetadata(context, life.module, version),
        ...(handsOn(context.handedOn, life)
          ? []
          : [life, ...arrived].map(({ module }) => noteCommitted(context, module))),
      ),
      inOrder(...reports(context, life, life.module.definition.reports)),
    ]),
    ...atRest(rest, [
      inOrder(
        ...metadataAtRest(context, life.module, version, begunAtRest(context, life, rest)),
        ...reports(context, life, reportsAtRest(life)),
      ),
    ]),
    ...committed.flatMap(table => afterWriting(context, table, rest)),
    ...tables.filter(isHandedOn).map(table => grants(context, table)),
  ].filter(batch => batch.statements.length > 0)
}

/** Where it is noted when a module began whose setup does not know whether it has something to do. */
const begunAtRest = (
  { project }: StatementContext,
  { module }: ModuleLife,
  rest: Rest | undefined,
): Relation | undefined =>
  rest && !isAskedBySetup(rest, module) ? thisRunRelation(project.catalog, module) : undefined

type Reports = ModuleLife['module']['definition']['reports']

const reportsAtRest = ({ module }: ModuleLife): Reports => {
  const { work } = module.definition
  return typeof work === 'object' ? work : {}
}

function reports(
  context: StatementContext,
  life: ModuleLife,
  { progress, left_out }: Reports,
): readonly Statement[] {
  const report = (kind: ReportKind, name: string | undefined, purpose: string): readonly Statement[] => {
    const table = name === undefined ? undefined : context.project.catalog.tables.get(name)
    return table?.model ? [{ purpose, sql: selectOf(context, table.model), report: kind }] : []
  }
  return [
    ...report('progress', progress, `how far ${life.module.name} has come`),
    ...report('left_out', left_out, `what ${life.module.name} has left out`),
  ]
}

const afterWriting = (context: StatementContext, table: ModelTable, rest?: Rest): readonly Batch[] => [
  inOrder(...indexStatements(context, table)),
  ...withWork(rest, [
    inOrder(isStaged(table) ? undefined : statisticsOnceGrown(context, table.relation, layoutOf(table))),
  ]),
  grants(context, table),
  hooks(context, table, 'post_hook'),
]

/**
 * Removes what main has read and committed from the input, writes the manifests, drops scratch tables and, at the end
 * of a run, the run id. Without a main step before it, it changes nothing.
 */
export function completeBatches(
  context: StatementContext,
  life: ModuleLife,
  endsRun: boolean,
  rest?: Rest,
): readonly Batch[] {
  const { dialect } = context
  const { catalog } = context.project
  const thisRun = thisRunRelation(catalog, life.module)
  const notes = life.inputs.map(input => noteRelation(context, input))
  const manifests = life.manifests.filter(isModelTable)
  const appending = manifests.filter(({ config }) => config.appends)
  const prepared = manifests.filter(({ config }) => !config.appends)
  const hasCommitted = `select 1 from ${sqlName(thisRun)} where committed`
  const uncommitted = (relation: Relation): Statement =>
    statement(
      `forget ${sqlName(relation)} unless main has committed it`,
      `delete from ${sqlName(relation)}\nwhere not exists (${hasCommitted})`,
    )
  const drops = droppedByComplete(context, life)
  return [
    inOrder(
      ...[...manifests, ...life.inputs.filter(table => table.kind === 'removed')].flatMap(table =>
        createTable(context, table),
      ),
      ...createWritten(context, life.inputs),
    ),
    ...withWork(rest, [
      inOrder(
        createEmpty(context, thisRun, thisRunColumns),
        ...notes.map(relation => createEmpty(context, relation, noteColumns)),
        ...prepared.map(table =>
          createEmpty(context, beside(context, table, suffixes.rows), typedColumns(table)),
        ),
      ),
      allOrNothing(
        ...life.inputs.flatMap((input, index) => [
          lockInput(context, input),
          uncommitted(notes[index] ?? input.relation),
          ...removeRead(context, input, thisRun),
        ]),
        ...prepared.flatMap(table => [
          uncommitted(beside(context, table, suffixes.rows)),
          ...commitStatements(context, table),
        ]),
        ...appending.map(table => appendStatement(context, table, hasCommitted)),
        // What was appended once must not be again, if the run dies before its tables are dropped.
        appending.length > 0 ? noteCompleted(context, life.module) : undefined,
      ),
    ]),
    ...manifests.flatMap(table => afterWriting(context, table, rest)),
    inOrder(
      ...drops.filter(({ kind }) => kind === 'view').map(view => drop(context, view)),
      ...dropTables(
        dialect,
        `drop the scratch tables of ${life.module.name}`,
        drops.filter(({ kind }) => kind === 'table').map(({ relation }) => relation),
      ),
      endsRun ? dropTable(dialect, 'drop the run id: the run ends here', runIdRelation(catalog)) : undefined,
    ),
  ].filter(batch => batch.statements.length > 0)
}

function createEmpty(
  context: StatementContext,
  relation: Relation,
  columns: typeof thisRunColumns,
): Statement {
  return makeTable(context.dialect, `${sqlName(relation)}, where main has left none`, {
    relation,
    columns,
    storage: 'scratch',
    layout: noLayout,
  })
}

function lockInput(context: StatementContext, input: Table): Statement | undefined {
  const sql = context.dialect.lockTable(input.relation)
  return sql === undefined ? undefined : statement(`keep others from writing to ${input.name} meanwhile`, sql)
}
