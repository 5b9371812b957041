// The steps of a module's life that are no model: setup, commit, complete, destroy. What they create, empty and drop
// follows from the graph (ModuleLife), never from the module's name.

import { isStaged, suffixes, type Table } from './catalog.js'
import type { ModuleLife } from './graph.js'
import {
  beginModule,
  commitMetadata,
  destroyMetadata,
  runIdRelation,
  thisRunColumns,
  thisRunRelation,
} from './metadata.js'
import { readTable } from './model_sql.js'
import { commitStatements } from './module_model_statements.js'
import { type Relation, sqlName } from './relation.js'
import { allOrNothing, type Batch, inOrder, type Statement } from './statement.js'
import {
  beside,
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
  const written = [...life.committed, ...life.manifests]
  const { catalog } = context.project
  const output = catalog.privateRelation('output_schema', '', life.module.name).schema
  const scratch = catalog.privateRelation('scratch_schema', '', life.module.name).schema
  return [
    inOrder(
      ...[...new Set([scratch, output])].map(schema =>
        statement(`the schema ${schema}`, dialect.createSchema(schema)),
      ),
      ...beginModule(context, life.module),
      ...written.flatMap(table => createTable(context, table)),
    ),
    ...life.inputs.map(input => noteInput(context, input)),
  ]
}

function createTable(context: StatementContext, table: Table): readonly Statement[] {
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

/** The key by which rows of a staged table belong together; they are removed all or not at all. */
const groupKey = (table: Table): string => table.config.replace_by ?? table.config.unique_key?.[0] ?? ''

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
    statement(`drop ${sqlName(relation)} of an earlier run`, dialect.dropTable(relation)),
    statement(`note which rows of ${input.name} are there to be read`, create),
    statistics(context, relation),
    // Others fill it: a planner that takes it for empty would compare each of its rows with each note.
    statistics(context, input.relation),
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
      ...commitMetadata(context, life.module, version),
    ),
    ...committed.flatMap(table => afterWriting(context, table)),
  ].filter(batch => batch.statements.length > 0)
}

const afterWriting = (context: StatementContext, table: ModelTable): readonly Batch[] => [
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
      ...drops.map(relation => statement(`drop ${sqlName(relation)}`, dialect.dropTable(relation))),
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

/** Tables whose name says that they are a step's result, its limits or what it found twice: kept by `debug`. */
const isMainScratch = (name: string): boolean => /_(this_run|limits|duplicates)$/.test(name)

function droppedByComplete(context: StatementContext, life: ModuleLife): readonly Relation[] {
  const mode = context.variables.value(life.module.name, 'cleanup_mode')
  if (mode === 'trace') return []
  const all = scratchOf(context, life)
  return all.filter(({ name }) => mode !== 'debug' || !isMainScratch(name)).map(({ relation }) => relation)
}

/** Every scratch table of a module by name, private ones among them. */
function scratchOf(
  context: StatementContext,
  life: ModuleLife,
): readonly { readonly name: string; readonly relation: Relation }[] {
  const named = (table: Table, suffix: string) => ({
    name: table.name + suffix,
    relation: beside(context, table, suffix),
  })
  return [
    ...life.scratch.map(table => ({ name: table.name, relation: table.relation })),
    ...life.committed
      .filter(table => table.kind === 'incremental')
      .map(table => named(table, suffixes.limits)),
    ...[...life.committed.filter(isStaged), ...life.manifests].map(table => named(table, suffixes.rows)),
    ...life.inputs.map(input => named(input, suffixes.read)),
    {
      name: `${life.module.name}_metadata_this_run`,
      relation: thisRunRelation(context.project.catalog, life.module),
    },
  ]
}

export interface DestroyedTable {
  readonly relation: Relation
  readonly kind: 'table' | 'view'
}

/** Every table of the module and of its custom models; not the input, which belongs to the module before. */
export function destroyedTables(context: StatementContext, life: ModuleLife): readonly DestroyedTable[] {
  const { catalog } = context.project
  const custom = life.custom.flatMap((model): readonly DestroyedTable[] => {
    const table = catalog.tables.get(model.name)
    if (!table || table.kind === 'ephemeral') return []
    if (table.kind === 'view') return [{ relation: table.relation, kind: 'view' }]
    return [
      { relation: table.relation, kind: 'table' },
      { relation: beside(context, table, suffixes.rows), kind: 'table' },
    ]
  })
  const own = [...catalog.tables.values()].filter(
    table =>
      table.module === life.module && table.model && table.kind !== 'ephemeral' && table.kind !== 'replaced',
  )
  const relations = [
    ...own.map(table => table.relation),
    ...scratchOf(context, life).map(({ relation }) => relation),
  ]
  const unique = new Map(relations.map(relation => [sqlName(relation), relation]))
  return [
    ...custom.reverse(),
    ...[...unique.values()].map(relation => ({ relation, kind: 'table' as const })),
  ]
}

export function destroyBatches(context: StatementContext, life: ModuleLife): readonly Batch[] {
  const { dialect } = context
  const drop = ({ relation, kind }: DestroyedTable): Statement =>
    statement(
      `drop ${sqlName(relation)}`,
      kind === 'view' ? dialect.dropView(relation) : dialect.dropTable(relation),
    )
  return [
    inOrder(
      ...destroyedTables(context, life).map(drop),
      ...destroyMetadata(dialect, context.project.catalog, life.module),
    ),
  ]
}
