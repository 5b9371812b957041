// What is wrong with a project before its graph is built: each model looked at with the tables it refers to.

import { type Catalog, isStaged, type Table } from './catalog.js'
import { type Diagnostic, error, type Place } from './diagnostics.js'
import { nearest } from './nearest.js'
import type { ParsedModel } from './parse.js'
import type { Project } from './project.js'

/** Refs that cannot be followed: to nothing, to what is not written, and views over what does not last. */
export function referenceFaults(
  project: Project,
  models: readonly ParsedModel[],
  catalog: Catalog,
): readonly Diagnostic[] {
  const disabled = [...project.modules.values()].filter(module => !module.enabled).map(module => module.name)
  return models.flatMap(model => {
    const reader = catalog.tables.get(model.name)
    return model.refs.flatMap(({ name, at }): readonly Diagnostic[] => {
      const table = catalog.tables.get(name)
      if (!table) {
        const off = disabled.length > 0 ? ` (modules switched off: ${disabled.join(', ')})` : ''
        const known = [...catalog.tables.keys()]
        return [
          error('unknown-ref', `'${model.name}' refers to '${name}', which does not exist${off}`, {
            at,
            ...nearest(name, known),
          }),
        ]
      }
      if (!table.written && table.kind !== 'external' && table.module !== model.module) {
        return [unwrittenRef(project, model, table, at)]
      }
      const fleeting = table.kind === 'scratch' || table.kind === 'replaced' || isStaged(table)
      if (reader?.kind === 'view' && fleeting) {
        return [
          error(
            'view-over-scratch',
            `'${model.name}' is a view over '${name}', which its module empties or drops`,
            {
              at,
              hint: `Make it a table: config(materialized='incremental', unique_key=...) or 'table'.`,
            },
          ),
        ]
      }
      return []
    })
  })
}

function unwrittenRef(project: Project, model: ParsedModel, table: Table, at: Place): Diagnostic {
  const module = table.module?.name ?? ''
  const variable = table.kind === 'incremental' ? 'skip_derived' : 'stage_next'
  const value = String(project.variables.value(module, variable))
  return error(
    'unwritten-table',
    `'${model.name}' reads '${table.name}', which ${variable}: ${value} leaves unwritten`,
    {
      at,
      related: [
        { at: project.yaml.valueAt(['vars', module, variable]), message: `${variable} of ${module}` },
      ],
      hint: `Set ${variable} of ${module} back, or switch off ${model.module ? `module ${model.module.name}` : `'${model.name}'`}.`,
    },
  )
}

/** Configuration that contradicts the materialization of its model. */
export function configFaults(catalog: Catalog): readonly Diagnostic[] {
  return [...catalog.tables.values()].flatMap((table): readonly Diagnostic[] => {
    const { model, config, at } = table
    if (!model || table.kind === 'replaced') return []
    const faults: Diagnostic[] = []
    const keyed = table.kind === 'incremental' || table.kind === 'staged' || table.kind === 'manifest'
    if (keyed && !config.unique_key) {
      const hint = "Add config(unique_key='...'): without it a second run would write every row again."
      faults.push(
        error('missing-unique-key', `'${table.name}' is ${table.kind} and has no unique_key`, { at, hint }),
      )
    }
    if (!table.module && ['scratch', 'staged', 'manifest'].includes(table.kind)) {
      const hint =
        'Use table, view, incremental or ephemeral, or make it a model of a module (a folder with module.yml).'
      faults.push(
        error('bad-config', `'${table.name}': only a module's own models can be ${table.kind}`, { at, hint }),
      )
    }
    for (const name of [config.replaces, config.history]) {
      if (name && !catalog.tables.has(name)) {
        faults.push(
          error('unknown-ref', `'${table.name}' names '${name}', which does not exist`, {
            at,
            ...nearest(name, catalog.tables.keys()),
          }),
        )
      }
    }
    return faults
  })
}
