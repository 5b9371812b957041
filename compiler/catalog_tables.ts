// Models, seeds and declared tables -> entries of the catalog, a function per kind. Decides what is written at all
// (`skip_derived`, `stage_next`).

import type { Catalog, Table } from './catalog.js'
import { type Diagnostic, error, type Place } from './diagnostics.js'
import type { Column, Materialization, ModelConfig } from './model_config.js'
import type { Module } from './module.js'
import type { Naming } from './naming.js'
import type { ParsedModel } from './parse.js'
import type { Project } from './project.js'
import { ownValue } from './records.js'
import { type SourceFile, startOf } from './source_file.js'

/** @param faults gets `nobody-consumes` */
export function modelTable(
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

/** Beside a production table: the rows that a run replaces. */
export function replacedTable(naming: Naming, model: ParsedModel): Table {
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
export function removedTable(naming: Naming, model: ParsedModel): Table {
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
export function externalTables(
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

/** A table of Seshat's own. */
export const privateTable = (naming: Naming, name: string): Table => ({
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
export function seedTable(project: Project, naming: Naming, name: string, seed: SourceFile): Table {
  const source = Object.values(project.model.sources).find(tables => Object.hasOwn(tables, name))
  const schema = source ? String(project.variables.value(undefined, 'input_schema')) : undefined
  const own = naming.given.table(name, 'table', undefined, ownValue(project.settings.seeds, name)?.schema)
  return {
    name,
    relation: schema ? { schema: ownValue(project.settings.seeds, name)?.schema ?? schema, name } : own,
    kind: 'seed',
    module: undefined,
    model: undefined,
    seed,
    config: {},
    columns: ownValue(source, name) ?? [],
    written: true,
    at: startOf(seed.path),
  }
}
