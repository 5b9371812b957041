// What may stand in seshat.yml and in the YAML files beside models, and what of it is about folders and seeds that
// are not there.

import { z } from 'zod'
import { type Diagnostic, error } from './diagnostics.js'
import {
  columnSchema,
  columnType,
  identifier,
  modelConfigSchema,
  standardModelConfigSchema,
} from './model_config.js'
import { nearest } from './nearest.js'
import { baseName, isStandard, type SourceFile } from './source_file.js'
import type { YamlFile } from './yaml_file.js'

const name = z.string().min(1)
const moduleSettings = z.strictObject(
  { enabled: z.boolean() },
  {
    error: issue =>
      issue.code === 'invalid_type' ? 'must be {enabled: true} or {enabled: false}' : undefined,
  },
)
export const projectSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'must be a name of letters, digits and _' }),
  profile: name.optional(),
  vars: z.unknown().optional(),
  modules: z.record(name, moduleSettings).default({}),
  models: z.record(name, modelConfigSchema).default({}),
  seeds: z
    .record(
      name,
      z.strictObject({ schema: identifier.optional(), column_types: z.record(name, columnType).optional() }),
    )
    .default({}),
})
export type ProjectSettings = z.infer<typeof projectSchema>

export const propertiesSchema = z.strictObject({
  models: z
    .array(
      z.strictObject({
        name,
        description: z.string().optional(),
        config: modelConfigSchema.optional(),
        columns: z.array(columnSchema).optional(),
      }),
    )
    .default([]),
  sources: z
    .array(
      z.strictObject({
        name: identifier,
        description: z.string().optional(),
        schema: identifier.optional(),
        tables: z.array(
          z.strictObject({
            name: identifier,
            identifier: identifier.optional(),
            description: z.string().optional(),
            columns: z.array(columnSchema.required({ type: true })).optional(),
          }),
        ),
      }),
    )
    .default([]),
})
export type Properties = z.infer<typeof propertiesSchema>
export type ModelProperties = Properties['models'][number]
export type SourceProperties = Properties['sources'][number]

/** Settings of folders of models that are not there, or that would change what a table of the standard model means. */
export function folderFaults(
  settings: ProjectSettings,
  yaml: YamlFile,
  files: readonly SourceFile[],
): readonly Diagnostic[] {
  const folders = new Set(files.flatMap(({ path }) => foldersOf(path)))
  const standard = new Set(files.filter(isStandard).flatMap(({ path }) => foldersOf(path)))
  return Object.entries(settings.models).flatMap(([named, config]) => {
    const folder = named.replace(/\/$/, '')
    if (folder === '.') return []
    if (!folders.has(folder)) {
      const hint = 'Name a folder below models, or . for all of it.'
      const at = yaml.keyAt(['models', named])
      return [
        error('unknown-folder', `there is no folder models/${folder}`, {
          at,
          hint,
          ...nearest(folder, folders),
        }),
      ]
    }
    const allowed = Object.keys(standardModelConfigSchema.shape)
    return (standard.has(folder) ? Object.keys(config) : [])
      .filter(key => !allowed.includes(key))
      .map(key =>
        error('bad-config', `'${key}' cannot be set for tables of the standard model`, {
          at: yaml.keyAt(['models', named, key]),
          hint: `They take ${allowed.join(', ')}.`,
        }),
      )
  })
}

/** `models/a/b/c.sql` -> `a`, `a/b`. */
function foldersOf(path: string): readonly string[] {
  const parts = path.split('/').slice(1, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

export function seedSettingFaults(
  settings: ProjectSettings,
  yaml: YamlFile,
  seeds: readonly SourceFile[],
): readonly Diagnostic[] {
  const names = seeds.map(baseName)
  return Object.keys(settings.seeds)
    .filter(named => !names.includes(named))
    .map(named =>
      error('unknown-seed', `there is no file ${named}.csv in seeds`, {
        at: yaml.keyAt(['seeds', named]),
        ...nearest(named, names),
      }),
    )
}
