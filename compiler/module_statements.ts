// The steps of a module's life that are no model: setup, commit, complete. What they create and empty
// follows from the graph (ModuleLife), never from the module's name.

import { isScratchView, isStaged, suffixes, type Table } from './catalog.js'
import type { ModuleLife } from './graph.js'
import {
  beginModule,
  commitMetadata,
  forgetInherited,
  noteInherited,
  runIdRelation,
  thisRunColumns,
  thisRunRelation,
} from './metadata.js'
import { groupKey, readTable, selectOf } from './model_sql.js'
import { drop, droppedByComplete } from './module_drops.js'
import { commitStatements, removedStatements } from './module_model_statements.js'
import { type Relation, sqlName } from './relation.js'
import { allOrNothing, type Batch, inOrder, type ReportKind, type Statement } from './statement.js'
import {
  beside,
  columnNames,
  grants,
  hooks,
  lookups,
  type ModelTable,
  type StatementContext,
  statement,
  statistics,
  typedColumns,
} from './table_statements.js'

const isModelTable = (table: Table): table is ModelTable => table.model !== undefined

/** Creates what is missing, begins the module's part of the run and notes which input rows are there to be read. */
export function setupBatches(context: StatementContext, life: ModuleLife): readonly Batch[] {
  const { dialect } = context
  const written = [
    ...life.committed,
    ...life.manifests,
    ...life.removed,
    ...life.inputs.filter(table => table.kind === 'removed'),
  ]
  const views = life.scratch.filter(isScratchView)
  return [
    inOrder(
      ...createSchemas(context, life),
      ...beginModule(context, life.module),
      // Left by a run that did not complete, they would hold what this one builds again.
      ...views.map(view => statement(`drop the view ${view.name}`, dialect.dropView(view.relation))),
      ...written.flatMap(table => createTable(context, table)),
      ...noteInherited(context, life.committed),
      ...life.inputs.flatMap(input => catchUp(context, life, input)),
    ),
    ...life.inputs.map(input => noteInput(context, input)),
  ]
}

function createSchemas(context: StatementContext, { module }: ModuleLife): readonly Statement[] {
  const schemas = (['scratch_schema', 'output_schema'] as const).map(
    variable => context.project.catalog.privateRelation(variable, '', module.name).schema,
  )
  return [...new Set(schemas)].map(schema =>
    statement(`the schema ${schema}`, context.dialect.createSchema(schema)),
  )
}

export function createTable(context: StatementContext, table: Table): readonly Statement[] {
  const [create = '', ...indexes] = context.dialect.createTable({
    relation: table.relation,
    columns: typedColumns(table),
    storage: 'durable',
    lookups: lookups(table),
  })
  return [
    statement(`the table ${table.name}, where it is missing`, create),
    ...indexes.map(sql => statement(`index ${table.name}`, sql)),
  ]
}

/**
 * A module that is enabled later than the one above it: its production table is empty and the one above is not. What the
 * staged table between them never got is put into it from there. Source: SEMANTICS, "A module that is enabled later".
 */
function catchUp(context: StatementContext, life: ModuleLife, input: Table): readonly Statement[] {
  const { dialect } = context
  const history = input.config.history && context.project.catalog.tables.get(input.config.history)
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
  const onlyIf = [
    dialect.tableExists(history.relation),
    `select not exists (select 1 from ${sqlName(production.relation)})`,
    `select exists (select 1 from ${above})`,
  ]
  const planned = [history.relation, input.relation]
    .map(relation => statistics(context, relation))
    .filter(statement => statement !== undefined)
  return [
    ...planned.map(statement => ({ ...statement, onlyIf })),
    {
      purpose: `bring ${life.module.name} up to date from ${history.name}, if it is new here`,
      onlyIf,
      sql: `insert into ${sqlName(input.relation)} (${names})
select ${columns}
from ${above} as h
where h.${group} is not null
    and not exists (select 1 from ${sqlName(input.relation)} as s where s.${group} = h.${group})${isOneRowPerGroup ? `\ngroup by h.${group}` : ''}`,
    },
  ]
}

const readRelation = (context: StatementContext, input: Table): Relation =>
  beside(context, input, suffixes.read)

/**
 * Notes the version of every input row before any model reads it: a row that is written after this note, even with
 * equal values, has another version and stays. A rebuild reads the production table instead, and notes nothing.
 */
function noteInput(context: StatementContext, input: Table): Batch {
  const { dialect } = context
  const relation = readRelation(context, input)
  const select = `select
    s.${groupKey(input)} as group_key,
    ${dialect.rowVersion('s')} as row_version
from ${sqlName(input.relation)} as s${readTable(context, input) === input ? '' : '\nwhere 1 = 0'}`
  const [create = ''] = dialect.createTableAs(relation, select, 'scratch', [])
  return inOrder(
    // A planner that takes it for empty would compare each of its rows with each of another table.
    statistics(context, input.relation),
    statement(`drop ${sqlName(relation)} of an earlier run`, dialect.dropTable(relation)),
    statement(`note which rows of ${input.name} are there to be read`, create),
    statistics(context, relation),
  )
}

/** Everything that a module writes for others, in one transaction with its metadata row. */
export function commitBatches(
  context: StatementContext,
  life: ModuleLife,
  version: { name: string; version: string },
): readonly Batch[] {
  const committed = life.committed.filter(isModelTable)
  return [
    allOrNothing(
      ...committed.flatMap(table => commitStatements(context, table)),
      ...life.removed.flatMap(table => removedStatements(context, table)),
      ...(context.reach.kind === 'rebuild' ? forgetInherited(context, committed) : []),
      ...commitMetadata(context, life.module, version),
    ),
    inOrder(...reports(context, life)),
    ...committed.flatMap(table => afterWriting(context, table)),
  ].filter(batch => batch.statements.length > 0)
}

function reports(context: StatementContext, life: ModuleLife): readonly Statement[] {
  const { progress, left_out } = life.module.definition.reports
  const report = (kind: ReportKind, name: string | undefined, purpose: string): readonly Statement[] => {
    const table = name === undefined ? undefined : context.project.catalog.tables.get(name)
    return table?.model ? [{ purpose, sql: selectOf(context, table.model), report: kind }] : []
  }
  return [
    ...report('progress', progress, `how far ${life.module.name} has come`),
    ...report('left_out', left_out, `what ${life.module.name} has left out`),
  ]
}

const afterWriting = (context: StatementContext, table: ModelTable): readonly Batch[] => [
  inOrder(isStaged(table) ? undefined : statistics(context, table.relation)),
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
): readonly Batch[] {
  const { dialect } = context
  const { catalog } = context.project
  const thisRun = thisRunRelation(catalog, life.module)
  const notes = life.inputs.map(input => readRelation(context, input))
  const manifests = life.manifests.filter(isModelTable)
  const uncommitted = (relation: Relation): Statement =>
    statement(
      `forget ${sqlName(relation)} unless main has committed it`,
      `delete from ${sqlName(relation)}\nwhere not exists (select 1 from ${sqlName(thisRun)} where committed)`,
    )
  const drops = droppedByComplete(context, life)
  return [
    inOrder(
      ...createSchemas(context, life),
      ...[...manifests, ...life.inputs.filter(table => table.kind === 'removed')].flatMap(table =>
        createTable(context, table),
      ),
      createEmpty(context, thisRun, thisRunColumns),
      ...notes.map(relation => createEmpty(context, relation, noteColumns)),
      ...manifests.map(table =>
        createEmpty(context, beside(context, table, suffixes.rows), typedColumns(table)),
      ),
    ),
    allOrNothing(
      ...life.inputs.flatMap((input, index) => [
        lockInput(context, input),
        uncommitted(notes[index] ?? input.relation),
        ...removeRead(context, input, thisRun),
      ]),
      ...manifests.flatMap(table => [
        uncommitted(beside(context, table, suffixes.rows)),
        ...commitStatements(context, table),
      ]),
    ),
    ...manifests.flatMap(table => afterWriting(context, table)),
    inOrder(
      ...drops.map(dropped => drop(context, dropped)),
      endsRun
        ? statement('drop the run id: the run ends here', dialect.dropTable(runIdRelation(catalog)))
        : undefined,
    ),
  ].filter(batch => batch.statements.length > 0)
}

const noteColumns = [
  { name: 'group_key', type: 'varchar(4096)' },
  { name: 'row_version', type: 'varchar(4096)' },
]

function createEmpty(
  context: StatementContext,
  relation: Relation,
  columns: typeof thisRunColumns,
): Statement {
  const [create = ''] = context.dialect.createTable({ relation, columns, storage: 'scratch', lookups: [] })
  return statement(`${sqlName(relation)}, where main has left none`, create)
}

function lockInput(context: StatementContext, input: Table): Statement | undefined {
  const sql = context.dialect.lockTable(input.relation)
  return sql === undefined ? undefined : statement(`keep others from writing to ${input.name} meanwhile`, sql)
}

/** A group of rows goes when all that it has now were read; one row written since keeps all of them for the next run. */
function removeRead(context: StatementContext, input: Table, thisRun: Relation): readonly Statement[] {
  const { dialect } = context
  const note = sqlName(readRelation(context, input))
  const key = groupKey(input)
  const writtenSince = `select 1
        from ${sqlName(input.relation)} as s
        left join ${note} as r on r.row_version = ${dialect.rowVersion('s')}
        where r.row_version is null and s.${key} = t.${key}`
  return [
    {
      purpose: `remove the rows of ${input.name} that main has read`,
      sql: dialect.deleteUsing(
        input.relation,
        readRelation(context, input),
        `u.row_version = ${dialect.rowVersion('t')}\n    and not exists (\n        ${writtenSince}\n    )`,
      ),
      counts: true,
    },
    statement(
      `remove the rows of ${input.name} that belong to nothing`,
      `delete from ${sqlName(input.relation)}\nwhere ${key} is null\n    and exists (select 1 from ${sqlName(thisRun)} where committed)`,
    ),
  ]
}
