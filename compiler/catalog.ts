// ParsedModel[] -> Catalog: every table that a model can refer to, by its name in `ref`, with the relation it is and
// what makes it. Decides what is written at all (`skip_derived`, `stage_next`) and refuses names that collide.

import { type Diagnostic, error, Faults, type Place } from './diagnostics.js'
import type { Column, Materialization, ModelConfig } from './model_config.js'
import type { Module } from './module.js'
import type { ParsedModel } from './parse.js'
import { type Project, type SourceProperties, seedName } from './project.js'
import { identifierFault, type Relation, sqlName } from './relation.js'
import type { SourceFile } from './source_file.js'

export interface Table {
  readonly name: string
  readonly relation: Relation
  /** `replaced`: the rows that a run replaces; `seed`: from a file; `external`: somebody else fills it. */
  readonly kind: Materialization | 'replaced' | 'seed' | 'external'
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

const startOf = (file: string): Place => ({ file, line: 1, column: 1, length: 1 })

/** @throws Faults: collisions, identifiers that are too long, staged tables without a reader or with two */
export function buildCatalog(project: Project, models: readonly ParsedModel[]): Catalog {
  const consumers = findConsumers(models)
  const tables = new Map<string, Table>()
  const faults: Diagnostic[] = []
  const add = (table: Table): void => {
    const twin = tables.get(table.name)
    if (twin) faults.push(collision(table, table.relation, twin))
    else tables.set(table.name, table)
  }
  const naming = new Naming(project)
  for (const model of models) {
    add(modelTable(project, naming, model, consumers, faults))
    if (model.module && model.config.materialized === 'incremental') add(replacedTable(naming, model))
  }
  const seeds = new Map(project.seeds.map(seed => [seedName(seed), seed]))
  for (const table of externalTables(project, naming, tables, seeds)) add(table)
  for (const [name, seed] of seeds) {
    if (tables.get(name)?.seed !== seed) add(seedTable(project, naming, name, seed))
  }
  faults.push(...badRelations(project, naming, tables), ...sharedInputs(tables, consumers))
  if (faults.length > 0) throw new Faults(faults)
  return { tables, sources: declaredSources(project, models), consumers, privateRelation: naming.private }
}

/** Turns names into relations by the schema variables and `entropy`. */
class Naming {
  constructor(private readonly project: Project) {}

  private text(name: string, module?: string): string {
    return String(this.project.variables.value(module, name))
  }

  private: Catalog['privateRelation'] = (schema, name, module) => ({
    schema: this.text(schema, module),
    name: name + this.text('entropy'),
  })

  table(name: string, kind: Materialization, module: Module | undefined, schema?: string): Relation {
    const scratch = kind === 'scratch' || kind === 'staged'
    const relation = this.private(scratch ? 'scratch_schema' : 'output_schema', name, module?.name)
    return schema ? { ...relation, schema } : relation
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
  const { module } = model
  return {
    name: model.name,
    relation: naming.table(model.name, kind, module, model.config.schema),
    kind,
    module,
    model,
    seed: undefined,
    config: model.config,
    columns: model.columns,
    written: module ? isWritten(project, module, model, kind, consumers, faults) : true,
    at: startOf(model.file),
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
          at: project.yaml.valueAt(['vars', module.name, 'stage_next']),
          hint: `It would grow forever. Enable the module that reads ${model.name}, or set stage_next to auto.`,
        },
      ),
    )
  }
  return stageNext === true || (stageNext !== false && consumed)
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
      .map(([name, table]) => ({
        name,
        relation: naming.table(name, table.materialized ?? 'incremental', module),
        kind: 'external' as const,
        module,
        model: undefined,
        seed: seeds.get(name),
        config: table,
        columns: table.columns,
        written: false,
        at: module.yaml.keyAt(['tables', name]),
      })),
  )
}

function seedTable(project: Project, naming: Naming, name: string, seed: SourceFile): Table {
  return {
    name,
    relation: naming.table(name, 'table', undefined, project.settings.seeds[name]?.schema),
    kind: 'seed',
    module: undefined,
    model: undefined,
    seed,
    config: {},
    columns: [],
    written: true,
    at: startOf(seed.path),
  }
}

function findConsumers(models: readonly ParsedModel[]): ReadonlyMap<string, readonly Module[]> {
  const owner = new Map(models.map(model => [model.name, model.module]))
  const consumers = new Map<string, Set<Module>>()
  for (const model of models) {
    if (!model.module) continue
    for (const { name } of model.refs) {
      if (owner.get(name) === model.module) continue
      consumers.set(name, (consumers.get(name) ?? new Set()).add(model.module))
    }
  }
  return new Map([...consumers].map(([name, modules]) => [name, [...modules]]))
}

/** Filled by one module, or by somebody else, and emptied by the next. */
export const isStaged = (table: Table | undefined): boolean =>
  table?.kind === 'staged' || (table?.kind === 'external' && table.config.materialized === 'staged')

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
export const suffixes = { rows: '_rows', limits: '_limits', read: '_read' } as const

/** The relation of a private table beside `table`, in the scratch schema that `relation` gives. */
function privateSuffixes(table: Table): readonly string[] {
  if (isStaged(table)) return [suffixes.rows, suffixes.read]
  if (table.kind === 'incremental' || table.kind === 'table') return [suffixes.rows, suffixes.limits]
  return []
}

function badRelations(
  project: Project,
  naming: Naming,
  tables: ReadonlyMap<string, Table>,
): readonly Diagnostic[] {
  const entropy = String(project.variables.value(undefined, 'entropy'))
  const taken = new Map<string, Table | undefined>()
  const lower = (relation: Relation): string => sqlName(relation).toLowerCase()
  taken.set(lower(naming.private('output_schema', metadataTable)), undefined)
  for (const name of [runIdTable, openRunTable])
    taken.set(lower(naming.private('scratch_schema', name)), undefined)
  const faults: Diagnostic[] = []
  for (const table of tables.values()) {
    if (table.kind === 'ephemeral') continue
    const base = table.relation.name.slice(0, table.relation.name.length - entropy.length)
    const beside = privateSuffixes(table).map(suffix =>
      naming.private('scratch_schema', base + suffix, table.module?.name),
    )
    for (const relation of [table.relation, ...beside]) {
      const wrong = [relation.name, relation.schema]
        .map(name => [name, identifierFault(name)] as const)
        .find(([, fault]) => fault)
      if (wrong) {
        const hint = 'Shorten the name of the model, or entropy.'
        faults.push(error('bad-identifier', `the name '${wrong[0]}' ${wrong[1]}`, { at: table.at, hint }))
      }
      const key = lower(relation)
      if (taken.has(key)) faults.push(collision(table, relation, taken.get(key)))
      taken.set(key, table)
    }
  }
  return faults
}

function collision(table: Table, relation: Relation, twin: Table | undefined): Diagnostic {
  const both = twin ? `${twin.at.file} and ${table.at.file}` : `one of Seshat's own and ${table.at.file}`
  return error('duplicate-table', `two things would be the table ${sqlName(relation)}: ${both}`, {
    at: table.at,
    ...(twin ? { related: [{ at: twin.at, message: 'the other one' }] } : {}),
    hint: 'Rename the one that is yours.',
  })
}

/** Sources by `name.table`: as declared in YAML, else the schema and table as they stand; `atomic` is `input_schema`. */
function declaredSources(project: Project, models: readonly ParsedModel[]): ReadonlyMap<string, Relation> {
  const declared = new Map<string, SourceProperties>()
  for (const { properties } of project.properties) {
    for (const source of properties.sources) declared.set(source.name, source)
  }
  const sources = new Map<string, Relation>()
  for (const model of models) {
    for (const { name, table } of model.sources) {
      const known = declared.get(name)
      const standard = name === 'atomic' ? String(project.variables.value(undefined, 'input_schema')) : name
      sources.set(`${name}.${table}`, {
        schema: known?.schema ?? standard,
        name: known?.tables.find(entry => entry.name === table)?.identifier ?? table,
      })
    }
  }
  return sources
}
