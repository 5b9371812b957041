// A folder -> the names that its project offers to complete. Reads names of files and YAML, compiles nothing, and where
// something is wrong offers less: faults are for commands to tell.

import { readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { adapters } from '../../adapters/registry.js'
import { collectFaults } from '../collect_faults.js'
import type { Diagnostic } from '../diagnostics.js'
import { profileFolders } from '../home_folder.js'
import { isMap } from '../init/playbook.js'
import { baseName, packageDirectory, readFolder, readSource, type SourceFile } from '../source_file.js'
import { standardVariables } from '../standard_variables.js'
import { parseYaml } from '../yaml_file.js'
import type { ProjectNames } from './candidates.js'

/** @param words those typed, for --project-dir and --profiles-dir among them */
export function projectNames(words: readonly string[], workingDirectory: string): ProjectNames {
  const directory = resolve(workingDirectory, optionValue(words, '--project-dir') ?? '.')
  const profilesDirectory = optionValue(words, '--profiles-dir')
  const settings = (): Readonly<Record<string, unknown>> => readYaml(join(directory, 'seshat.yml'))
  const modules = (): readonly string[] => [
    ...standardVariables().modules.keys(),
    ...filesIn(directory, 'models', 'module.yml').map(file =>
      baseName({ ...file, path: dirname(file.path) }),
    ),
  ]
  const models = (): readonly string[] => [
    ...[directory, packageDirectory].flatMap(root => filesIn(root, 'models', '.sql').map(baseName)),
    ...filesIn(directory, 'seeds', '.csv').map(baseName),
  ]
  const selectors = (): readonly string[] => keysOf(settings()['selectors'])
  return {
    models,
    modules,
    selectors,
    selections: () => [
      ...modules().flatMap(module => [module, `${module}.setup`, `${module}.commit`, `${module}.complete`]),
      ...models(),
      ...modules().map(module => `module:${module}`),
      ...selectors().map(name => `selector:${name}`),
      ...['model', 'seed', 'test', 'unit_test', 'setup', 'commit', 'complete'].map(
        kind => `resource_type:${kind}`,
      ),
      ...['state:modified', 'state:new', 'tag:', 'path:', 'source:', 'config.materialized:'],
    ],
    targets: () => {
      const folders = profilesDirectory
        ? [resolve(workingDirectory, profilesDirectory)]
        : profileFolders(directory)
      const profile = String(settings()['profile'] ?? '')
      const found = folders.map(folder => readYaml(join(folder, 'profiles.yml'))[profile]).find(isMap)
      return keysOf(found?.['outputs'])
    },
    adapters: () => [...adapters.keys()],
    variables: () => Object.keys(standardVariables().all),
    folders: prefix => foldersFrom(workingDirectory, prefix),
  }
}

const keysOf = (value: unknown): readonly string[] => (isMap(value) ? Object.keys(value) : [])

function optionValue(words: readonly string[], option: string): string | undefined {
  const index = words.slice(0, -1).lastIndexOf(option)
  const value = index === -1 ? undefined : words[index + 1]
  return value === '' ? undefined : value
}

function readYaml(path: string): Readonly<Record<string, unknown>> {
  const faults: Diagnostic[] = []
  const data = collectFaults(faults, () => parseYaml(readSource(path, path)).data)
  return isMap(data) ? data : {}
}

function filesIn(root: string, folder: string, ending: string): readonly SourceFile[] {
  const faults: Diagnostic[] = []
  return collectFaults(faults, () => readFolder(root, folder, [ending], faults)) ?? []
}

function foldersFrom(workingDirectory: string, prefix: string): readonly string[] {
  const above = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  try {
    return readdirSync(resolve(workingDirectory, above), { withFileTypes: true })
      .filter(
        entry =>
          entry.isDirectory() && (prefix.slice(above.length).startsWith('.') || !entry.name.startsWith('.')),
      )
      .map(entry => `${above}${entry.name}/`)
      .filter(folder => folder.startsWith(prefix))
      .sort()
  } catch {
    return [] // no such folder: nothing to offer
  }
}
