// What a module's complete and destroy steps drop: which of its tables are scratch, which stay by cleanup_mode, and what is
// all it has.

import { isScratchView, isStaged, stagedBeside, suffixes, type Table } from './catalog.js'
import { writtenRelations } from './input_notes.js'
import { destroyMetadata, thisRunRelation } from './metadata.js'
import type { ModuleLife } from './module_life.js'
import { type Relation, sqlName } from './relation.js'
import { type Batch, inOrder, type Statement } from './statement.js'
import { beside, dropScratchView, dropTable, dropView, type StatementContext } from './table_statements.js'

/** Tables whose name says that they are a step's result, its limits or what it found twice: kept by `debug`. */
export const isMainScratch = (name: string): boolean => /_(this_run|limits|duplicates)$/.test(name)

export function droppedByComplete(context: StatementContext, life: ModuleLife): readonly ScratchRelation[] {
  const mode = context.variables.value(life.module.name, 'cleanup_mode')
  if (mode === 'trace') return []
  const all = scratchOf(context, life)
  if (mode === 'all') return all
  const kept = new Set(all.map(({ name }) => name).filter(isMainScratch))
  // A view that is kept holds on to what it reads, through ephemeral models too.
  const keep = (table: Table | undefined): void => {
    for (const { name } of table?.model?.refs ?? []) {
      const read = context.project.catalog.tables.get(name)
      kept.add(name)
      if (read?.kind === 'ephemeral') keep(read)
    }
  }
  for (const view of life.scratch.filter(isScratchView)) if (kept.has(view.name)) keep(view)
  return all.filter(({ name }) => !kept.has(name))
}

interface ScratchRelation extends DroppedRelation {
  readonly name: string
}

/** Every scratch table of a module by name, private ones among them; views before the tables they read. */
function scratchOf(context: StatementContext, life: ModuleLife): readonly ScratchRelation[] {
  const named = (table: Table, suffix: string): ScratchRelation => ({
    name: table.name + suffix,
    relation: beside(context, table, suffix),
    kind: 'table',
  })
  return [
    ...life.scratch.map(
      (table): ScratchRelation => ({
        name: table.name,
        relation: table.relation,
        kind: isScratchView(table) ? 'view' : 'table',
      }),
    ),
    ...life.committed
      .filter(table => table.kind === 'incremental')
      .map(table => named(table, suffixes.limits)),
    ...[...life.committed.filter(isStaged), ...life.manifests.filter(({ config }) => !config.appends)].map(
      table => named(table, suffixes.rows),
    ),
    ...life.inputs.map(input => named(input, suffixes.read)),
    {
      name: `${life.module.name}_metadata_this_run`,
      relation: thisRunRelation(context.project.catalog, life.module),
      kind: 'table',
    },
  ]
}

export interface DroppedRelation {
  readonly relation: Relation
  readonly kind: 'table' | 'view'
}

export const drop = ({ dialect }: StatementContext, { relation, kind }: DroppedRelation): Statement =>
  (kind === 'view' ? dropView : dropTable)(dialect, `drop ${sqlName(relation)}`, relation)

/**
 * Every table of the module and of its custom models; not the input, which belongs to the module before. Beside an input
 * that no module here fills, the table of removed groups is this module's own.
 */
export function destroyedTables(context: StatementContext, life: ModuleLife): readonly DroppedRelation[] {
  const { catalog } = context.project
  const besideGiven = life.inputs.filter(
    table => table.kind === 'removed' && catalog.tables.get(stagedBeside(table))?.model === undefined,
  )
  const custom = life.custom.flatMap((model): readonly DroppedRelation[] => {
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
      table.module === life.module &&
      (table.model || table.kind === 'removed') &&
      table.kind !== 'ephemeral' &&
      table.kind !== 'test' &&
      table.kind !== 'replaced' &&
      !isScratchView(table),
  )
  const dropped = [
    ...scratchOf(context, life),
    ...[...own, ...besideGiven].map(({ relation }): DroppedRelation => ({ relation, kind: 'table' })),
    ...writtenRelations(context, own).map((relation): DroppedRelation => ({ relation, kind: 'table' })),
  ]
  const tests = [...catalog.tables.values()]
    .filter(table => isKeptBy(context, table, life))
    .map(({ relation }): DroppedRelation => ({ relation, kind: 'table' }))
  const unique = new Map([...dropped, ...tests].map(entry => [sqlName(entry.relation), entry]))
  return [...custom.reverse(), ...unique.values()].map(({ relation, kind }) => ({ relation, kind }))
}

/** Whether it is the failing rows of a data test that belongs to the module. */
const isKeptBy = ({ project }: StatementContext, { name, model }: Table, { module }: ModuleLife): boolean =>
  model?.test?.config.store_failures === true &&
  project.graph.hasNode(name) &&
  project.graph.node(name).module === module

export function destroyBatches(context: StatementContext, life: ModuleLife): readonly Batch[] {
  const tables = [...context.project.catalog.tables.values()].filter(table => table.module === life.module)
  return [
    inOrder(
      ...destroyedTables(context, life).flatMap(dropped =>
        dropped.kind === 'view'
          ? dropScratchView(context.dialect, dropped.relation)
          : [drop(context, dropped)],
      ),
      ...destroyMetadata(context.dialect, context.project.catalog, life.module, tables),
    ),
  ]
}
