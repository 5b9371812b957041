// ParsedModel[] -> Catalog: every table that a model can refer to, by its name in `ref`, with the relation it is and
// what makes it. Decides what is written at all (`skip_derived`, `stage_next`) and refuses names that collide.

import { fitting } from './data_tests/test_names.js'
import { type Diagnostic, error, Faults, type Place } from './diagnostics.js'
import type { Column, Materialization, ModelConfig } from './model_config.js'
import type { Module } from './module.js'
import type { ParsedModel } from './parse.js'
import type { Project } from './project.js'
import { maxIdentifierBytes, type Relation } from './relation.js'
import { relationFaults } from './relation_checks.js'
import { baseName, type SourceFile, startOf } from './source_file.js'
import { declaredSources } from './sources.js'

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
  const naming = new Naming(project, aside ? asideSuffix : '')
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

/** What a rebuild from the events calls its tables until it swaps them in. */
const asideSuffix = '__rebuild'

/** Turns names into relations by the schema variables and `entropy`. */
class Naming {
  constructor(
    private readonly project: Project,
    private readonly aside: string,
  ) {}

  private text(name: string, module?: string): string {
    return String(this.project.variables.value(module, name))
  }

  private: Catalog['privateRelation'] = (schema, name, module) => ({
    schema: this.text(schema, module),
    name: name + this.aside + this.text('entropy'),
  })

  table(name: string, kind: Materialization, module: Module | undefined, schema?: string): Relation {
    const scratch = kind === 'scratch' || kind === 'staged' || (kind === 'view' && module !== undefined)
    const relation = this.private(scratch ? 'scratch_schema' : 'output_schema', name, module?.name)
    return schema ? { ...relation, schema } : relation
  }

  /** Where a test keeps its failing rows; its name gives way to a long entropy. */
  kept(name: string, module: Module | undefined, schema?: string): Relation {
    const suffix = this.text('entropy')
    const relation = this.private('scratch_schema', '', module?.name)
    return {
      schema: schema ?? relation.schema,
      name: fitting(name, maxIdentifierBytes - Buffer.byteLength(suffix)) + suffix,
    }
  }

  /** Of what somebody else fills; a rebuild reads it where it stands. */
  get given(): Naming {
    return new Naming(this.project, '')
  }
}

function modelTable(
  project: Project,
  naming: Naming,
  model: ParsedModel,
  consumers: Catalog['consumers'],
  faults: Diagnostic[],
): Table {
  const kind = model.config.materialized ?? (model.module ? 'scratch' : 'view')
  const { module, test } = model
  return {
    name: model.name,
    relation: test
      ? naming.kept(model.name, module, test.config.schema)
      : naming.table(model.name, kind, module, model.config.schema),
    kind: test ? 'test' : kind,
    module,
    model,
    seed: undefined,
    config: model.config,
    columns: model.columns,
    written: module && !test ? isWritten(project, module, model, kind, consumers, faults) : true,
    at: test ? model.configAt : startOf(model.file),
  }
}

/** `skip_derived` leaves a module's production tables out, `stage_next` its staged ones. */
function isWritten(
  project: Project,
  module: Module,
  model: ParsedModel,
  kind: Materialization,
  consumers: Catalog['consumers'],
  faults: Diagnostic[],
): boolean {
  const value = (name: string) => project.variables.value(module.name, name)
  if (kind === 'incremental') return value('skip_derived') !== true
  if (kind !== 'staged') return true
  const consumed = (consumers.get(model.name) ?? []).length > 0
  const stageNext = value('stage_next')
  if (stageNext === true && !consumed) {
    faults.push(
      error(
        'nobody-consumes',
        `stage_next is true for ${module.name}, but no module empties '${model.name}'`,
        {
          ...placeOf(project, module, 'stage_next'),
          hint: `It would grow forever. Enable the module that reads ${model.name}, or set stage_next to auto.`,
        },
      ),
    )
  }
  return stageNext === true || (stageNext !== false && consumed)
}

/** Where a variable was set that has another value than its default. */
const placeOf = (project: Project, module: Module, variable: string): { at?: Place } => {
  const at = project.variables.place(module.name, variable)
  return at ? { at } : {}
}

function replacedTable(naming: Naming, model: ParsedModel): Table {
  const name = `${model.name}_replaced`
  return {
    name,
    relation: naming.table(name, 'scratch', model.module),
    kind: 'replaced',
    module: model.module,
    model,
    seed: undefined,
    config: {},
    columns: [],
    written: true,
    at: startOf(model.file),
  }
}

/**
 * Beside a staged table: the groups that its module has written without a row, so that the next module takes their rows
 * out of its own tables.
 */
function removedTable(naming: Naming, model: ParsedModel): Table {
  return {
    ...removedBeside(naming, model.name, model.module, model.config, model.columns),
    at: startOf(model.file),
  }
}

function removedBeside(
  naming: Naming,
  staged: string,
  module: Module | undefined,
  { replace_by, unique_key }: ModelConfig,
  columns: readonly Column[],
): Omit<Table, 'at'> {
  const name = `${staged}_removed`
  const group = replace_by ?? unique_key?.[0] ?? ''
  return {
    name,
    relation: naming.private('scratch_schema', name, module?.name),
    kind: 'removed',
    module,
    model: undefined,
    seed: undefined,
    config: { unique_key: [group] },
    columns: columns.filter(column => column.name === group).map(({ name, type }) => ({ name, type })),
    written: true,
  }
}

/** Public tables of which this project holds no model: the module is off, or somebody else fills them. */
function externalTables(
  project: Project,
  naming: Naming,
  known: ReadonlyMap<string, Table>,
  seeds: ReadonlyMap<string, SourceFile>,
): readonly Table[] {
  return [...project.modules.values()].flatMap(module =>
    Object.entries(module.definition.tables)
      .filter(([name]) => !known.has(name))
      .flatMap(([name, table]) => {
        const at = module.yaml.keyAt(['tables', name])
        const external: Table = {
          name,
          relation: naming.given.table(name, table.materialized ?? 'incremental', module),
          kind: 'external',
          module,
          model: undefined,
          seed: seeds.get(name),
          config: table,
          columns: table.columns,
          written: false,
          at,
        }
        if (table.materialized !== 'staged') return [external]
        return [external, { ...removedBeside(naming.given, name, module, table, table.columns), at }]
      }),
  )
}

/** Seshat's own tables, which models may read. */
const privateTables = [metadataTable, inheritedTable]

const privateTable = (naming: Naming, name: string): Table => ({
  name,
  relation: naming.private('output_schema', name),
  kind: 'private',
  module: undefined,
  model: undefined,
  seed: undefined,
  config: {},
  columns: [],
  written: true,
  at: startOf(''),
})

/** A seed of the name of a source that the standard model reads fills that, in the schema of the events. */
function seedTable(project: Project, naming: Naming, name: string, seed: SourceFile): Table {
  const source = Object.values(project.model.sources).find(tables => Object.hasOwn(tables, name))
  const schema = source ? String(project.variables.value(undefined, 'input_schema')) : undefined
  const own = naming.given.table(name, 'table', undefined, project.settings.seeds[name]?.schema)
  return {
    name,
    relation: schema ? { schema: project.settings.seeds[name]?.schema ?? schema, name } : own,
    kind: 'seed',
    module: undefined,
    model: undefined,
    seed,
    config: {},
    columns: source?.[name] ?? [],
    written: true,
    at: startOf(seed.path),
  }
}

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
