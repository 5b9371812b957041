// Loads a project: seshat.yml, the folders it configures, the package's own modules and macros, and the variables.
// Reads files and nothing else; every fault that they hold comes out together.

import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { collectFaults } from './collect_faults.js'
import { type Diagnostic, error, Faults, fail } from './diagnostics.js'
import {
  columnSchema,
  columnType,
  identifier,
  modelConfigSchema,
  standardModelConfigSchema,
} from './model_config.js'
import { type ModelDefinition, type Module, modelDefinitionSchema, moduleSchema } from './module.js'
import { nearest } from './nearest.js'
import { identifierFault } from './relation.js'
import { checkLink, readFolder, readSource, type SourceFile } from './source_file.js'
import {
  customScope,
  type Declarations,
  readVariables,
  type VariableDeclaration,
  type Variables,
} from './variables.js'
import { parseYaml, validate, type YamlFile } from './yaml_file.js'

const packageDirectory = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
/** Paths of the package's own files begin with this, wherever it is installed. */
export const packagePrefix = 'seshat:'

const name = z.string().min(1)
const moduleSettings = z.strictObject(
  { enabled: z.boolean() },
  {
    error: issue =>
      issue.code === 'invalid_type' ? 'must be {enabled: true} or {enabled: false}' : undefined,
  },
)
const projectSchema = z.strictObject({
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
type ProjectSettings = z.infer<typeof projectSchema>

const propertiesSchema = z.strictObject({
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
          }),
        ),
      }),
    )
    .default([]),
})
type Properties = z.infer<typeof propertiesSchema>
export type ModelProperties = Properties['models'][number]
export type SourceProperties = Properties['sources'][number]

export interface Project {
  readonly directory: string
  readonly settings: ProjectSettings
  readonly yaml: YamlFile
  readonly model: ModelDefinition
  readonly modules: ReadonlyMap<string, Module>
  readonly variables: Variables
  /** SQL files: the enabled modules' and the project's own. */
  readonly models: readonly SourceFile[]
  readonly macros: readonly SourceFile[]
  /** YAML files beside the project's models. */
  readonly properties: readonly { readonly yaml: YamlFile; readonly properties: Properties }[]
  readonly seeds: readonly SourceFile[]
}

/**
 * @param directory the folder of seshat.yml
 * @param commandLineVariables the text of `--vars`, YAML or JSON
 * @throws Faults (2): whatever is wrong with the configuration, all of it
 */
export function loadProject(directory: string, commandLineVariables = ''): Project {
  const path = join(directory, 'seshat.yml')
  if (!existsSync(path)) {
    fail('no-project', `there is no seshat.yml in ${directory}`, {
      hint: 'Go to the folder of the project, or name it with --project-dir.',
    })
  }
  const root = realpathSync(directory)
  checkLink(root, path, 'seshat.yml')
  const yaml = parseYaml(readSource(path, 'seshat.yml'))
  const faults: Diagnostic[] = []
  const attempt = <T>(work: () => T): T | undefined => collectFaults(faults, work)

  const settings = attempt(() => validate(yaml, projectSchema))
  const model = packageYaml('models/model.yml', modelDefinitionSchema)
  const files = readFolder(root, 'models', ['.sql', '.yml', '.yaml'], faults)
  const standardModels = readFolder(packageDirectory, 'models', ['.sql'], faults, packagePrefix)
  const { modules, broken } = loadModules(model, files, settings, yaml, faults)
  const variables = attempt(() => loadVariables(modules, broken, yaml, commandLineVariables))
  const properties = files
    .filter(file => /\.ya?ml$/.test(file.path) && !isModuleFile(file))
    .map(file =>
      attempt(() => {
        const yamlFile = parseYaml(file)
        return { yaml: yamlFile, properties: validate(yamlFile, propertiesSchema) }
      }),
    )
  const macros = readFolder(root, 'macros', ['.sql'], faults)
  const seeds = readFolder(root, 'seeds', ['.csv'], faults)
  if (settings) faults.push(...folderFaults(settings, yaml, [...standardModels, ...files]))
  if (settings) faults.push(...seedSettingFaults(settings, yaml, seeds))
  if (faults.length > 0 || !settings || !variables) throw new Faults(faults)

  const disabled = [...modules.values()].filter(module => !module.enabled)
  return {
    directory: root,
    settings,
    yaml,
    model,
    modules,
    variables,
    models: [...standardModels, ...files.filter(file => file.path.endsWith('.sql'))].filter(
      file => !disabled.some(module => file.path.startsWith(module.folder)),
    ),
    macros: [...readFolder(packageDirectory, 'macros', ['.sql'], faults, packagePrefix), ...macros],
    properties: properties.filter(entry => entry !== undefined),
    seeds,
  }
}

const isModuleFile = (file: SourceFile): boolean => /(^|\/)module\.yml$/.test(file.path)

function packageYaml<T>(path: string, schema: z.ZodType<T>): T {
  return validate(parseYaml(readSource(join(packageDirectory, path), packagePrefix + path)), schema)
}

function loadModules(
  model: ModelDefinition,
  files: readonly SourceFile[],
  settings: ProjectSettings | undefined,
  projectYaml: YamlFile,
  faults: Diagnostic[],
): { readonly modules: ReadonlyMap<string, Module>; readonly broken: ReadonlySet<string> } {
  const standard = model.modules.map(module => {
    const path = `models/${module}/module.yml`
    return readSource(join(packageDirectory, path), packagePrefix + path)
  })
  const modules = new Map<string, Module>()
  const broken = new Set<string>()
  for (const file of [...standard, ...files.filter(isModuleFile)]) {
    const module = collectFaults(faults, () => readModule(model, file, settings))
    if (!module) {
      broken.add(moduleName(file))
      continue
    }
    const twin = modules.get(module.name)
    if (twin || module.name === customScope) {
      const message = twin
        ? `there are two modules '${module.name}'`
        : `a module cannot be called '${customScope}'`
      const related = twin ? { related: [{ at: twin.yaml.valueAt([]), message: 'the other one' }] } : {}
      const hint = 'A module is called by its folder: rename the folder.'
      faults.push(error('duplicate-module', message, { at: module.yaml.valueAt([]), ...related, hint }))
    } else modules.set(module.name, module)
  }
  for (const named of Object.keys(settings?.modules ?? {})) {
    if (modules.has(named) || broken.has(named)) continue
    faults.push(
      error('unknown-module', `there is no module '${named}'`, {
        at: projectYaml.keyAt(['modules', named]),
        hint: nearest(named, modules.keys()).hint ?? `The modules are ${[...modules.keys()].join(', ')}.`,
      }),
    )
  }
  return { modules, broken }
}

const moduleName = (file: SourceFile): string => file.path.split('/').at(-2) ?? ''

function readModule(model: ModelDefinition, file: SourceFile, settings: ProjectSettings | undefined): Module {
  const yaml = parseYaml(file)
  const definition = validate(yaml, moduleSchema)
  const folder = file.path.slice(0, -'module.yml'.length)
  const name = moduleName(file)
  const bad = identifierFault(name)
  if (bad)
    fail('bad-identifier', `the module name '${name}' ${bad}`, {
      at: yaml.valueAt([]),
      hint: 'A module is called by its folder: rename the folder.',
    })
  if (folder === 'models/')
    fail('bad-module', 'the folder models cannot be a module itself', {
      at: yaml.valueAt([]),
      hint: 'Put module.yml and its models into a folder of models.',
    })
  const variables = new Map(Object.entries(model.vars).filter(([variable]) => everywhere.has(variable)))
  definition.vars.forEach((entry, index) => {
    const declared: Record<string, VariableDeclaration | undefined> =
      typeof entry === 'string' ? { [entry]: model.vars[entry] } : entry
    for (const [variable, declaration] of Object.entries(declared)) {
      if (!declaration) {
        fail('unknown-variable', `the standard model has no variable '${variable}'`, {
          at: yaml.valueAt(['vars', index]),
          ...nearest(variable, Object.keys(model.vars)),
        })
      }
      variables.set(variable, declaration)
    }
  })
  return {
    name,
    folder,
    standard: isStandard(file),
    enabled: settings?.modules[name]?.enabled ?? true,
    definition,
    variables,
    yaml,
  }
}

/** Settings of folders of models that are not there, or that would change what a table of the standard model means. */
function folderFaults(
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

const isStandard = (file: SourceFile): boolean => file.path.startsWith(packagePrefix)

/** `models/a/b/c.sql` -> `a`, `a/b`. */
function foldersOf(path: string): readonly string[] {
  const parts = path.split('/').slice(1, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

/** The name of a seed's table. */
export const seedName = (file: SourceFile): string => file.path.replace(/^.*\//, '').slice(0, -'.csv'.length)

function seedSettingFaults(
  settings: ProjectSettings,
  yaml: YamlFile,
  seeds: readonly SourceFile[],
): readonly Diagnostic[] {
  const names = seeds.map(seedName)
  return Object.keys(settings.seeds)
    .filter(named => !names.includes(named))
    .map(named =>
      error('unknown-seed', `there is no file ${named}.csv in seeds`, {
        at: yaml.keyAt(['seeds', named]),
        ...nearest(named, names),
      }),
    )
}

/** The variables that every module takes, whether its module.yml lists them or not. */
const everywhere = new Set(['input_schema', 'scratch_schema', 'output_schema', 'entropy'])

/** @param broken modules whose module.yml has faults, so that their variables are not known */
function loadVariables(
  modules: ReadonlyMap<string, Module>,
  broken: ReadonlySet<string>,
  yaml: YamlFile,
  commandLine: string,
): Variables {
  const declarations: Declarations = new Map([...modules].map(([module, entry]) => [module, entry.variables]))
  const faults: Diagnostic[] = []
  const sources = [{ yaml, path: ['vars'] }]
  if (commandLine.trim() !== '') {
    sources.push({ yaml: parseYaml({ path: '--vars', text: commandLine }), path: [] })
  }
  const variables = readVariables(declarations, sources, broken, faults)
  if (faults.length > 0) throw new Faults(faults)
  return variables
}
