// What is wrong with a project before its graph is built: each model looked at with the tables it refers to.

import { type Catalog, isOfOneRun, isStaged, type Table } from './catalog.js'
import { type Diagnostic, error, type Place, shorten } from './diagnostics.js'
import { nearest } from './nearest.js'
import type { ParsedModel } from './parse.js'
import type { Project } from './project.js'

/** Refs that cannot be followed: to nothing, to what is not written, and views over what does not last. */
export function referenceFaults(
  project: Project,
  models: readonly ParsedModel[],
  catalog: Catalog,
): readonly Diagnostic[] {
  return models.flatMap(model => {
    const isView = catalog.tables.get(model.name)?.kind === 'view' && !model.module
    const unreachable = model.previous.flatMap(({ name, at }) => previousFault(model, name, at, catalog))
    const faults = model.refs.flatMap(({ name, at }): readonly Diagnostic[] => {
      const table = catalog.tables.get(name)
      if (!table || table.kind === 'test') return [unknownRef(project, model, name, at, catalog)]
      // What a module ships to test a table of its own is left out with the table.
      if (model.test && (model.module || table.written || table.kind === 'external')) return []
      if (!table.written && table.kind !== 'external' && table.module !== model.module)
        return [unwrittenRef(project, model, table, at)]
      const path = isView ? pathToFleeting(catalog, table) : undefined
      return path ? [viewOverFleeting(model, name, at, path)] : []
    })
    return [...faults, ...unreachable]
  })
}

function unknownRef(
  project: Project,
  model: ParsedModel,
  name: string,
  at: Place,
  catalog: Catalog,
): Diagnostic {
  const disabled = [...project.modules.values()].filter(module => !module.enabled).map(module => module.name)
  const off = disabled.length > 0 ? ` (modules switched off: ${disabled.join(', ')})` : ''
  const known = [...catalog.tables.values()]
    .filter(({ name: other, kind }) => other !== model.name && kind !== 'test')
    .map(table => table.name)
  return error('unknown-ref', `'${model.name}' refers to '${shorten(name)}', which does not exist${off}`, {
    at,
    hint: nearest(name, known).hint ?? 'A ref names a model, a seed or a public table of a module.',
  })
}

/** `previous` reads what earlier runs left, so it makes no edge; that is only safe within a module. */
function previousFault(model: ParsedModel, name: string, at: Place, catalog: Catalog): readonly Diagnostic[] {
  const table = catalog.tables.get(name)
  const lasting = table?.kind === 'incremental' || table?.kind === 'manifest' || table?.kind === 'staged'
  if (table && lasting && table.written && table.module && table.module === model.module) return []
  if (model.module && isStaged(table) && catalog.consumers.get(`${name}_removed`)?.includes(model.module))
    return []
  const own = [...catalog.tables.values()].filter(other => other.module && other.module === model.module)
  return [
    error('bad-ref', `'${model.name}' asks for the previous '${name}', which its module does not write`, {
      at,
      hint:
        nearest(
          name,
          own.map(other => other.name),
        ).hint ??
        'previous names a production table, a manifest or a staged table of the same module, or one that it takes rows from.',
    }),
  ]
}

function unwrittenRef(project: Project, model: ParsedModel, table: Table, at: Place): Diagnostic {
  const module = table.module?.name ?? ''
  const variable = table.kind === 'incremental' ? 'skip_derived' : 'stage_next'
  const value = String(project.variables.value(module, variable))
  const setAt = project.variables.place(module, variable)
  return error(
    'unwritten-table',
    `'${model.name}' reads '${table.name}', which ${variable}: ${value} leaves unwritten`,
    {
      at,
      related: setAt ? [{ at: setAt, message: `${variable} of ${module}` }] : [],
      hint: `Set ${variable} of ${module} back, or switch off ${model.module ? `module ${model.module.name}` : `'${model.name}'`}.`,
    },
  )
}

interface FleetingRef {
  readonly table: string
  readonly refs: readonly Place[]
}

/** The way from a ref to a table of one run's rows, through ephemeral models; undefined where there is none. */
function pathToFleeting(
  catalog: Catalog,
  table: Table,
  above: readonly Table[] = [],
): FleetingRef | undefined {
  if (isOfOneRun(table) || isStaged(table)) return { table: table.name, refs: [] }
  if (table.kind !== 'ephemeral' || above.includes(table)) return undefined
  for (const { name, at } of table.model?.refs ?? []) {
    const next = catalog.tables.get(name)
    const found = next && pathToFleeting(catalog, next, [...above, table])
    if (found) return { ...found, refs: [at, ...found.refs] }
  }
  return undefined
}

function viewOverFleeting(model: ParsedModel, name: string, at: Place, path: FleetingRef): Diagnostic {
  const through = name === path.table ? '' : ` through '${name}'`
  return error(
    'view-over-scratch',
    `'${model.name}' is a view over '${path.table}'${through}, which its module empties or drops`,
    {
      at,
      related: path.refs.map(ref => ({ at: ref, message: `read by '${name}'` })),
      hint: `Make it a table: config(materialized='incremental', unique_key=...) or 'table'.`,
    },
  )
}

/** Configuration that contradicts the materialization of its model, or names what is not there. */
export function configFaults(project: Project, catalog: Catalog): readonly Diagnostic[] {
  return [...catalog.tables.values()].flatMap((table): readonly Diagnostic[] => {
    const { model, config } = table
    if (!model || table.kind === 'replaced' || table.kind === 'test') return []
    const at = model.configAt
    const faults: Diagnostic[] = []
    if (!table.module && ['scratch', 'staged', 'manifest'].includes(table.kind)) {
      const hint =
        'Use table, view, incremental or ephemeral, or make it a model of a module (a folder with module.yml).'
      return [
        error('bad-config', `'${table.name}': only a module's own models can be ${table.kind}`, { at, hint }),
      ]
    }
    if (table.module && table.kind === 'table') {
      const hint = 'Use scratch for rows of one run, incremental for a production table, or view.'
      return [error('bad-config', `'${table.name}': a model of a module cannot be a table`, { at, hint })]
    }
    const lasting = ['incremental', 'staged', 'manifest'].includes(table.kind)
    if (table.module && lasting && table.columns.length === 0) {
      const hint = `Setup creates it before there are rows: declare it with its columns under tables in module.yml.`
      faults.push(
        error('undeclared-table', `'${table.name}' is ${table.kind} and module.yml does not declare it`, {
          at,
          hint,
        }),
      )
    }
    const keyed = table.kind === 'incremental' || table.kind === 'staged' || table.kind === 'manifest'
    if (keyed && !config.unique_key) {
      const hint = "Add config(unique_key='...'): without it a second run would write every row again."
      faults.push(
        error('missing-unique-key', `'${table.name}' is ${table.kind} and has no unique_key`, { at, hint }),
      )
    }
    for (const key of ['history', 'in_short'] as const) {
      const named = config[key]
      if (named === undefined || catalog.tables.has(named)) continue
      const message = `${key} of '${table.name}' is '${named}', which does not exist`
      faults.push(error('unknown-ref', message, { at, ...nearest(named, catalog.tables.keys()) }))
    }
    return [...faults, ...moduleFaults(project, model)]
  })
}

function moduleFaults(project: Project, model: ParsedModel): readonly Diagnostic[] {
  const named = model.config.module
  const found = named === undefined ? undefined : project.modules.get(named)
  if (named === undefined || found?.enabled) return []
  const at = model.configAt
  if (found)
    return [
      error('unknown-module', `'${model.name}' joins the module '${named}', which is switched off`, {
        at,
        hint: `Switch ${named} on in seshat.yml, or switch off '${model.name}': config(enabled=false).`,
      }),
    ]
  const hint =
    nearest(named, project.modules.keys()).hint ??
    `The modules are ${[...project.modules.keys()].join(', ')}.`
  return [
    error('unknown-module', `'${model.name}' joins the module '${named}', which does not exist`, {
      at,
      hint,
    }),
  ]
}
