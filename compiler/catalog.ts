// ParsedModel[] -> Catalog: every table that a model can refer to, by its name in `ref`, with the relation it is and
// what makes it. Refuses names that collide, and staged tables that two modules empty.

import {
  externalTables,
  modelTable,
  privateTable,
  removedTable,
  replacedTable,
  seedTable,
} from './catalog_tables.js'
import { type Diagnostic, error, Faults, type Place } from './diagnostics.js'
import type { Column, Materialization, ModelConfig } from './model_config.js'
import type { Module } from './module.js'
import { Naming } from './naming.js'
import type { ParsedModel } from './parse.js'
import type { Project } from './project.js'
import type { Relation } from './relation.js'
import { relationFaults } from './relation_checks.js'
import { seedPropertyFaults } from './seed_properties.js'
import { baseName, type SourceFile, startOf } from './source_file.js'
import { declaredSources, sourceFaults } from './sources.js'

export interface Table {
  readonly name: string
  readonly relation: Relation
  /**
   * `replaced`: the rows that a run replaces; `removed`: the groups of a staged table that were left without rows;
   * `seed`: from a file; `external`: somebody else fills it; `test`: rows that should not be there; `private`: Seshat's own.
   */
  readonly kind: Materialization | 'replaced' | 'removed' | 'seed' | 'external' | 'test' | 'private'
  /** The module whose tables it belongs to; undefined for seeds and custom models. */
  readonly module: Module | undefined
  readonly model: ParsedModel | undefined
  readonly seed: SourceFile | undefined
  readonly config: ModelConfig
  readonly columns: readonly Column[]
  /** false: this project does not write it. */
  readonly written: boolean
  readonly at: Place
}

export interface Catalog {
  readonly tables: ReadonlyMap<string, Table>
  readonly sources: ReadonlyMap<string, Relation>
  /** Enabled modules that empty a staged table, by its name: those whose own models read it. */
  readonly consumers: ReadonlyMap<string, readonly Module[]>
  /** The relation of a private table of `module`, or of the project. */
  privateRelation(schema: 'scratch_schema' | 'output_schema', name: string, module?: string): Relation
}

export const metadataTable = 'datamodel_metadata'
export const runIdTable = 'metadata_run_id'
/** Exists only while an invocation works; found at a start, it tells that the one before died. */
export const openRunTable = 'metadata_run_open'
/** Up to which time each production table held rows of another system when its module first ran. */
export const inheritedTable = 'inherited_rows'

/** Seshat's own tables, which models may read. */
const privateTables = [metadataTable, inheritedTable]

/**
 * @param aside tables get names of their own beside those of production, for a rebuild that is swapped in at its end
 * @throws Faults: collisions, identifiers that are too long, staged tables without a reader or with two
 */
export function buildCatalog(project: Project, models: readonly ParsedModel[], aside = false): Catalog {
  const consumers = findConsumers(models)
  const tables = new Map<string, Table>()
  const faults: Diagnostic[] = []
  const add = (table: Table): void => {
    const twin = tables.get(table.name)
    if (twin) faults.push(duplicateName(table, twin))
    else tables.set(table.name, table)
  }
  const naming = new Naming(project, aside)
  for (const model of models) {
    add(modelTable(project, naming, model, consumers, faults))
    if (model.module && model.config.materialized === 'incremental') add(replacedTable(naming, model))
    if (model.module && model.config.materialized === 'staged') add(removedTable(naming, model))
  }
  const seeds = new Map<string, SourceFile>()
  for (const seed of project.seeds) {
    const twin = seeds.get(baseName(seed))
    if (twin) faults.push(duplicateSeed(seed, twin))
    else seeds.set(baseName(seed), seed)
  }
  for (const table of externalTables(project, naming, tables, seeds)) add(table)
  for (const [name, seed] of seeds) {
    if (tables.get(name)?.seed !== seed) add(seedTable(project, naming, name, seed))
  }
  for (const name of privateTables) add(privateTable(naming, name))
  faults.push(...sourceFaults(project), ...seedPropertyFaults(project))
  const sources = declaredSources(project, models, faults)
  faults.push(...relationFaults(project, naming.private, tables), ...sharedInputs(tables, consumers))
  if (faults.length > 0) throw new Faults(faults)
  return { tables, sources, consumers, privateRelation: naming.private }
}

function duplicateName(table: Table, twin: Table): Diagnostic {
  const files = `${twin.at.file} and ${table.at.file}`
  return error('duplicate-table', `two tables would be called '${table.name}': ${files}`, {
    at: table.at,
    related: [{ at: twin.at, message: 'the other one' }],
    hint: 'Rename the one that is yours.',
  })
}

const duplicateSeed = (seed: SourceFile, twin: SourceFile): Diagnostic =>
  error('duplicate-table', `two seeds are called '${baseName(seed)}': ${twin.path} and ${seed.path}`, {
    at: startOf(seed.path),
    related: [{ at: startOf(twin.path), message: 'the other one' }],
    hint: 'A seed is known by its file name alone: rename one of the files.',
  })

function findConsumers(models: readonly ParsedModel[]): ReadonlyMap<string, readonly Module[]> {
  const owner = new Map(models.map(model => [model.name, model.module]))
  const consumers = new Map<string, Set<Module>>()
  for (const model of models) {
    if (!model.module || model.test) continue
    for (const { name } of model.refs) {
      const made = owner.has(name) ? name : name.replace(/_removed$/, '')
      if (owner.get(made) === model.module) continue
      consumers.set(name, (consumers.get(name) ?? new Set()).add(model.module))
    }
  }
  return new Map([...consumers].map(([name, modules]) => [name, [...modules]]))
}

/** Filled by one module, or by somebody else, and emptied by the next. */
export const isStaged = (table: Table | undefined): boolean =>
  table?.kind === 'staged' ||
  table?.kind === 'removed' ||
  (table?.kind === 'external' && table.config.materialized === 'staged')

/** The staged table whose groups a `removed` table names. */
export const stagedBeside = (removed: Table): string => removed.name.slice(0, -'_removed'.length)

/** The staged table that a `removed` one stands beside; else the table itself. */
export function stagedOf({ tables }: Pick<Catalog, 'tables'>, table: Table): Table {
  const staged = table.kind === 'removed' ? tables.get(stagedBeside(table)) : table
  if (!staged) throw new Error(`'${table.name}' stands beside no staged table`)
  return staged
}

/** The table of the groups whose rows a run writes to a staged table. */
export function batchOf({ tables }: Pick<Catalog, 'tables'>, { name, config }: Table): Table {
  const batch = tables.get(config.replaces ?? '')
  if (!batch) throw new Error(`'${name}' replaces no batch`)
  return batch
}

/** Dropped by the complete step of its module: a scratch table or view. */
export const isOfOneRun = (table: Table): boolean =>
  table.kind === 'scratch' || table.kind === 'replaced' || isScratchView(table)

/** A view of a module's own: gone after its complete step, as its scratch tables are. */
export const isScratchView = (table: Table): boolean => table.kind === 'view' && table.module !== undefined

function sharedInputs(
  tables: ReadonlyMap<string, Table>,
  consumers: Catalog['consumers'],
): readonly Diagnostic[] {
  return [...consumers].flatMap(([name, modules]) => {
    if (modules.length < 2 || !isStaged(tables.get(name))) return []
    const [first, second] = modules
    return [
      error('consumed-twice', `'${name}' is read by the modules ${modules.map(m => m.name).join(' and ')}`, {
        ...(second ? { at: second.yaml.valueAt([]) } : {}),
        ...(first ? { related: [{ at: first.yaml.valueAt([]), message: 'the other one' }] } : {}),
        hint: 'Each would empty it under the other. Read it in one module, and from a custom model in the other.',
      }),
    ]
  })
}

/** Private tables that stand beside a table of the catalog, as suffixes of its name. */
export const suffixes = { rows: '_rows', limits: '_limits', read: '_read', written: '_written' } as const
