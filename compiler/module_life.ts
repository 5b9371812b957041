// A module and the catalog -> the tables whose life its steps are: what it reads and empties, what it commits, what goes
// when it is done. Computed from refs and materializations; no module is known by name.

import { type Catalog, isScratchView, isStaged, type Table } from './catalog.js'
import type { Module } from './module.js'
import type { ParsedModel } from './parse.js'

/** The tables whose life a module's steps are, computed from refs. */
export interface ModuleLife {
  readonly module: Module
  /** Staged tables of others that its models read and its complete step empties. */
  readonly inputs: readonly Table[]
  /** Written by its commit, in one transaction: production and staged tables. */
  readonly committed: readonly Table[]
  /** Written by its complete step. */
  readonly manifests: readonly Table[]
  /** Beside its staged tables: the groups that it has left without rows. */
  readonly removed: readonly Table[]
  /** Dropped by its complete step, views before what they read. */
  readonly scratch: readonly Table[]
  /** Models of the project that run between its commit and its complete. */
  readonly custom: readonly ParsedModel[]
}

/** @param custom models of the project that join the module */
export function moduleLife(module: Module, catalog: Catalog, custom: readonly ParsedModel[]): ModuleLife {
  const own = [...catalog.tables.values()].filter(
    table => table.module === module && table.model && table.kind !== 'test',
  )
  const inputs = [...catalog.consumers]
    .filter(([, consumers]) => consumers.includes(module))
    .map(([name]) => catalog.tables.get(name))
    .filter(table => table !== undefined)
    .filter(table => isStaged(table) && table.module !== module)
  return {
    module,
    inputs: inputs.sort((a, b) => (a.name < b.name ? -1 : 1)),
    committed: own.filter(
      table => (table.kind === 'incremental' || table.kind === 'staged') && table.written,
    ),
    manifests: own.filter(table => table.kind === 'manifest'),
    removed: own
      .filter(table => table.kind === 'staged' && table.written && table.config.replaces !== undefined)
      .map(table => catalog.tables.get(`${table.name}_removed`))
      .filter(table => table !== undefined),
    scratch: [
      ...own.filter(isScratchView),
      ...own.filter(table => table.kind === 'scratch' || table.kind === 'replaced'),
    ],
    custom,
  }
}

/** The tables that a module's own models make. */
export const ownTables = (catalog: Catalog, module: Module): readonly Table[] =>
  [...catalog.tables.values()].filter(
    table => table.module === module && table.model?.name === table.name && table.kind !== 'test',
  )
