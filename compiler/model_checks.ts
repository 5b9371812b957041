// What is wrong with models taken together: two of one name, refs to one that is switched off, descriptions of none,
// modules that count or tell what is no model of theirs.

import { type Diagnostic, error, type Place } from './diagnostics.js'
import { nearest } from './nearest.js'
import type { ParsedModel } from './parse.js'
import type { Project } from './project.js'
import { baseName, startOf } from './source_file.js'

export const modelFaults = (project: Project, models: readonly ParsedModel[]): readonly Diagnostic[] => [
  ...duplicates(models),
  ...strayProperties(project),
  ...refsToDisabled(models),
  ...strayTellers(project, models),
]

function duplicates(models: readonly ParsedModel[]): readonly Diagnostic[] {
  const byName = new Map<string, readonly ParsedModel[]>()
  for (const model of models) byName.set(model.name, [...(byName.get(model.name) ?? []), model])
  return [...byName].flatMap(([name, twins]) => {
    const last = twins.at(-1)
    if (!last || twins.length < 2) return []
    const others = twins.slice(0, -1)
    if (twins.every(({ test }) => test)) return [duplicateTest(last, others)]
    const files = `${others.map(twin => twin.file).join(', ')} and ${last.file}`
    return [
      error('duplicate-model', `${twins.length} models are called '${name}': ${files}`, {
        at: nameAt(last),
        related: others.map(twin => ({ at: nameAt(twin), message: 'another one' })),
        hint: 'A model is known by its file name alone: rename yours.',
      }),
    ]
  })
}

const nameAt = ({ test, file, configAt }: ParsedModel): Place => (test ? configAt : startOf(file))

const duplicateTest = (last: ParsedModel, others: readonly ParsedModel[]): Diagnostic =>
  error('duplicate-data-test', `${others.length + 1} data tests are called '${last.name}'`, {
    at: nameAt(last),
    related: others.map(twin => ({ at: nameAt(twin), message: 'another one' })),
    hint: 'Give one of them a name of its own: name: ...',
  })

function refsToDisabled(models: readonly ParsedModel[]): readonly Diagnostic[] {
  const off = new Map(models.filter(isDisabled).map(model => [model.name, model]))
  return models
    .filter(model => !isDisabled(model))
    .flatMap(model =>
      model.refs.flatMap(({ name, at }) => {
        const other = off.get(name)
        if (!other) return []
        return [
          error('unknown-ref', `'${model.name}' refers to '${name}', which is switched off`, {
            at,
            related: [{ at: other.configAt, message: 'enabled: false' }],
            hint: `Take out the ref, or switch '${name}' on.`,
          }),
        ]
      }),
    )
}

/** `metadata`, `reports` and `work` in module.yml name models of the module; a name that is none would count and tell nothing. */
function strayTellers(project: Project, models: readonly ParsedModel[]): readonly Diagnostic[] {
  return [...project.modules.values()]
    .filter(module => module.enabled)
    .flatMap(module => {
      const { definition } = module
      const { metadata, reports, work } = definition
      const rests = typeof work === 'object' ? work : undefined
      const own = models.filter(model => model.module === module && !model.test).map(({ name }) => name)
      const files = project.models.filter(({ path }) => path.startsWith(module.folder)).map(baseName)
      if (own.length === 0) return []
      const told: readonly (readonly [path: readonly string[], name: string | undefined])[] = [
        [['metadata', 'rows'], metadata?.rows],
        [['metadata', 'duplicates'], metadata?.duplicates],
        [['reports', 'progress'], reports.progress],
        [['reports', 'left_out'], reports.left_out],
        [['work', 'rows'], rests?.rows],
        [['work', 'progress'], rests?.progress],
        [['work', 'left_out'], rests?.left_out],
      ]
      const perDay = reports.per_day
      const timeless: readonly Diagnostic[] =
        perDay === undefined || definition.tables[perDay]?.time_key !== undefined
          ? []
          : [
              error('bad-config', `the module ${module.name} declares no table '${perDay}' with a time_key`, {
                at: module.yaml.valueAt(['reports', 'per_day']),
                hint: 'per_day names one of its tables whose time_key says on which day a row began.',
              }),
            ]
      const stray = told.flatMap(([path, name]): readonly Diagnostic[] => {
        if (name === undefined || own.includes(name) || files.includes(name)) return []
        const hint = nearest(name, own).hint ?? `Its models are ${own.join(', ')}.`
        const message = `the module ${module.name} has no model '${name}'`
        return [error('unknown-model', message, { at: module.yaml.valueAt(path), hint })]
      })
      return [...stray, ...timeless]
    })
}

export const isDisabled = (model: ParsedModel): boolean => model.config.enabled === false

/** Descriptions of models that are not there, and of one model twice. A module that is off may stay described. */
function strayProperties(project: Project): readonly Diagnostic[] {
  const off = [...project.modules.values()].filter(module => !module.enabled)
  const names = new Set([
    ...project.models.map(baseName),
    ...off.flatMap(module => Object.keys(module.definition.tables)),
  ])
  const described = new Map<string, Place>()
  return project.properties.flatMap(({ yaml, properties }) =>
    properties.models.flatMap(({ name }, index): readonly Diagnostic[] => {
      const at = yaml.valueAt(['models', index, 'name'])
      const twin = described.get(name)
      described.set(name, twin ?? at)
      if (twin) {
        const related = [{ at: twin, message: 'the other one' }]
        const hint = 'Make one entry of the two.'
        return [
          error('duplicate-properties', `the model '${name}' is described twice`, { at, related, hint }),
        ]
      }
      if (names.has(name)) return []
      const hint = nearest(name, names).hint ?? 'A model is known by the name of its file.'
      return [error('unknown-model', `there is no model '${name}' to describe`, { at, hint })]
    }),
  )
}
