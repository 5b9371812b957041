// Loads a project: seshat.yml, the folders it configures, the package's own modules and macros, and the variables.
// Reads files and nothing else; every fault that they hold comes out together.

import type * as z from 'zod'
import { collectFaults } from './collect_faults.js'
import { type ColumnWords, columnWordsSchema } from './column_words.js'
import { type Diagnostic, Faults } from './diagnostics.js'
import { isModuleFile, loadModules } from './load_modules.js'
import { type ModelDefinition, type Module, modelDefinitionSchema } from './module.js'
import { filesOfFolder, type ProjectFiles, sourceEndings } from './project_files.js'
import { readSelectors, type Selectors, selectorFaults } from './selectors.js'
import {
  folderFaults,
  type ProjectSettings,
  type Properties,
  projectSchema,
  propertiesSchema,
  seedSettingFaults,
  testFolderFaults,
} from './settings.js'
import {
  checkedText,
  packageDirectory,
  packagePrefix,
  readFolder,
  readPackageFile,
  type SourceFile,
} from './source_file.js'
import { type Declarations, readVariables, type Variables } from './variables.js'
import { parseYaml, validate, type YamlFile } from './yaml_file.js'

export interface Project {
  readonly directory: string
  readonly settings: ProjectSettings
  readonly yaml: YamlFile
  readonly model: ModelDefinition
  /** What columns of the standard model hold, by name. */
  readonly columnWords: ColumnWords
  readonly modules: ReadonlyMap<string, Module>
  readonly variables: Variables
  /** SQL files: the enabled modules' and the project's own, its tests among them. */
  readonly models: readonly SourceFile[]
  readonly macros: readonly SourceFile[]
  /** YAML files beside the project's models. */
  readonly properties: readonly { readonly yaml: YamlFile; readonly properties: Properties }[]
  readonly seeds: readonly SourceFile[]
  readonly selectors: Selectors
  /** Every file of the project that was read, all that it is made of but for variables of the command line. */
  readonly sources: readonly SourceFile[]
}

/**
 * @param directory the folder of seshat.yml
 * @param commandLineVariables the text of `--vars`, YAML or JSON
 * @throws Faults (2): whatever is wrong with the configuration, all of it
 */
export const loadProject = (directory: string, commandLineVariables = ''): Project =>
  projectOf(filesOfFolder(directory), commandLineVariables)

/** The same for files that need not lie in a folder. */
export function projectOf(projectFiles: ProjectFiles, commandLineVariables = ''): Project {
  const settingsFile = projectFiles.settings()
  const yaml = parseYaml(settingsFile)
  const faults: Diagnostic[] = []
  const sources = [settingsFile]
  const read = (folder: keyof typeof sourceEndings): readonly SourceFile[] => {
    const found = projectFiles.below(folder, sourceEndings[folder], faults)
    sources.push(...found)
    return found
  }
  const attempt = <T>(work: () => T): T | undefined => collectFaults(faults, work)

  const settings = attempt(() => validate(yaml, projectSchema))
  const model = packageYaml('models/model.yml', modelDefinitionSchema)
  const columnWords = packageYaml('models/columns.yml', columnWordsSchema)
  const files = read('models')
  const standardModels = readFolder(packageDirectory, 'models', ['.sql'], faults, packagePrefix)
  const { modules, broken } = loadModules(model, files, settings, yaml, faults, columnWords)
  const variables = attempt(() => loadVariables(modules, broken, yaml, commandLineVariables))
  const properties = files
    .filter(file => /\.ya?ml$/.test(file.path) && !isModuleFile(file))
    .map(file =>
      attempt(() => {
        const yamlFile = parseYaml(file)
        return { yaml: yamlFile, properties: validate(yamlFile, propertiesSchema) }
      }),
    )
  const macros = read('macros')
  const tests = read('tests')
  const seeds = read('seeds')
  if (settings) faults.push(...folderFaults(settings, yaml, [...standardModels, ...files]))
  if (settings) faults.push(...seedSettingFaults(settings, yaml, seeds))
  if (settings) faults.push(...testFolderFaults(settings, yaml, [...standardModels, ...files, ...tests]))
  const selectors = settings ? readSelectors(settings, yaml) : new Map()
  faults.push(...selectorFaults(selectors))
  if (faults.length > 0 || !settings || !variables) throw new Faults(faults)

  const disabled = [...modules.values()].filter(module => !module.enabled)
  return {
    directory: projectFiles.directory,
    settings,
    yaml,
    model,
    columnWords,
    modules,
    variables,
    models: [...standardModels, ...files.filter(file => file.path.endsWith('.sql')), ...tests].filter(
      file => !disabled.some(module => file.path.startsWith(module.folder)),
    ),
    macros: [...readFolder(packageDirectory, 'macros', ['.sql'], faults, packagePrefix), ...macros],
    properties: properties.filter(entry => entry !== undefined),
    seeds,
    selectors,
    sources,
  }
}

function packageYaml<T>(path: string, schema: z.ZodType<T>): T {
  return validate(parseYaml(readPackageFile(path)), schema)
}

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
    sources.push({ yaml: parseYaml(checkedText({ path: '--vars', text: commandLine })), path: [] })
  }
  const variables = readVariables(declarations, sources, broken, faults)
  if (faults.length > 0) throw new Faults(faults)
  return variables
}
