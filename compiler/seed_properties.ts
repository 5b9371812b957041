// What YAML says of seeds -> the columns of a seed by name, with their words, and what is wrong with what is said: seeds that
// are not there, one described twice, columns that it does not have.

import { csvRecords } from './csv_records.js'
import { type Diagnostic, error, type Place } from './diagnostics.js'
import type { Column } from './model_config.js'
import { nearest } from './nearest.js'
import type { Project } from './project.js'
import type { SeedProperties } from './settings.js'
import { baseName, type SourceFile } from './source_file.js'

type SeedProject = Pick<Project, 'seeds' | 'properties' | 'modules' | 'model'>

export const seedProperties = ({ properties }: SeedProject, seed: string): SeedProperties | undefined =>
  properties.flatMap(({ properties: { seeds } }) => seeds).find(({ name }) => name === seed)

/** Those of the table that it fills, else of its first line; undefined where there is no such seed, or no line of names. */
export function seedColumnNames(project: SeedProject, seed: string): readonly string[] | undefined {
  const file = project.seeds.find(other => baseName(other) === seed)
  if (!file) return undefined
  const tables = [
    ...[...project.modules.values()].map(({ definition }) => definition.tables[seed]?.columns),
    ...Object.values(project.model.sources).map(source => source[seed]),
  ]
  return tables.find(columns => columns !== undefined)?.map(({ name }) => name) ?? headerOf(file)
}

function headerOf({ text }: SourceFile): readonly string[] | undefined {
  const [header] = csvRecords(text.split('\n', 1)[0] ?? '').records
  return header?.values.map(name => name ?? '')
}

/** Columns with what YAML says of them; of others what is known already. */
export function describedSeedColumns<C extends Column>(
  project: SeedProject,
  seed: string,
  columns: readonly C[],
): readonly C[] {
  const said = new Map((seedProperties(project, seed)?.columns ?? []).map(column => [column.name, column]))
  return columns.map(column => {
    const description = said.get(column.name)?.description ?? column.description
    return description === undefined ? column : { ...column, description }
  })
}

export function seedPropertyFaults(project: SeedProject): readonly Diagnostic[] {
  const described = new Map<string, Place>()
  const names = project.seeds.map(baseName)
  return project.properties.flatMap(({ yaml, properties }) =>
    properties.seeds.flatMap(({ name, columns = [] }, index): readonly Diagnostic[] => {
      const at = yaml.valueAt(['seeds', index, 'name'])
      const twin = described.get(name)
      described.set(name, twin ?? at)
      if (twin) return [describedTwice(name, at, twin)]
      if (!names.includes(name))
        return [
          error('unknown-seed', `there is no file ${name}.csv in seeds`, { at, ...nearest(name, names) }),
        ]
      const known = seedColumnNames(project, name)
      return columns.flatMap((column, position) =>
        known && !known.includes(column.name)
          ? [
              error('unknown-column', `'${name}' has no column '${column.name}'`, {
                at: yaml.valueAt(['seeds', index, 'columns', position, 'name']),
                ...nearest(column.name, known),
              }),
            ]
          : [],
      )
    }),
  )
}

const describedTwice = (name: string, at: Place, twin: Place): Diagnostic =>
  error('duplicate-properties', `the seed '${name}' is described twice`, {
    at,
    related: [{ at: twin, message: 'the other one' }],
    hint: 'Make one entry of the two.',
  })
