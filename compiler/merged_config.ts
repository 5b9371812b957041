// Config at several levels -> the config of one model.

import { type ModelConfig, modelConfigSchema, standardModelConfigSchema } from './model_config.js'
import type { Module } from './module.js'
import type { Project } from './project.js'
import { packagePrefix, type SourceFile } from './source_file.js'

/** What is said of one model itself, each over the one before. */
interface OwnConfig {
  /** In YAML beside it. */
  readonly beside: ModelConfig | undefined
  /** Its table in module.yml. */
  readonly declared: ModelConfig | undefined
  /** Its calls of `config`. */
  readonly inFile: ModelConfig
}

/** What is said of the model itself over folders in seshat.yml, the deepest first; tags of all levels add up. */
export function mergedConfig(
  project: Project,
  file: SourceFile,
  module: Module | undefined,
  { beside, declared, inFile }: OwnConfig,
): ModelConfig {
  const levels = [
    ...folderConfigs(project, file, module),
    beside ?? {},
    declared ? pickConfig(declared) : {},
    inFile,
  ]
  const tags = [...new Set(levels.flatMap(level => level.tags ?? []))]
  return { ...Object.assign({}, ...levels), ...(tags.length > 0 ? { tags } : {}) } as ModelConfig
}

function folderConfigs(
  project: Project,
  file: SourceFile,
  module: Module | undefined,
): readonly ModelConfig[] {
  const path = file.path.replace(packagePrefix, '').replace(/^models\//, '')
  return Object.entries(project.settings.models)
    .filter(([folder]) => folder === '.' || path.startsWith(`${folder.replace(/\/$/, '')}/`))
    .sort(([a], [b]) => a.length - b.length)
    .map(([, config]) => (module?.standard ? standardPart(config) : config))
}

const standardKeys = new Set(Object.keys(standardModelConfigSchema.shape))
const standardPart = (config: ModelConfig): ModelConfig =>
  Object.fromEntries(Object.entries(config).filter(([key]) => standardKeys.has(key)))

function pickConfig(table: ModelConfig): ModelConfig {
  const entries = Object.keys(modelConfigSchema.shape).map(key => [key, table[key as keyof ModelConfig]])
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as ModelConfig
}
