// module.yml files -> Modules: the package's own and the project's, each with the variables that it takes.

import { collectFaults } from './collect_faults.js'
import { type ColumnWords, withColumnWords } from './column_words.js'
import { type Diagnostic, error, Faults, fail } from './diagnostics.js'
import { type ModelDefinition, type Module, moduleSchema } from './module.js'
import { nearest } from './nearest.js'
import { ownValue } from './records.js'
import { identifierFault } from './relation.js'
import type { ProjectSettings } from './settings.js'
import { isStandard, readPackageFile, type SourceFile } from './source_file.js'
import type { VariableDeclaration } from './variable_declaration.js'
import { customScope } from './variables.js'
import { parseYaml, validate, type YamlFile } from './yaml_file.js'

export const isModuleFile = (file: SourceFile): boolean => /(^|\/)module\.yml$/.test(file.path)

/** The variables that every module takes, whether its module.yml lists them or not. */
const everywhere = new Set(['input_schema', 'scratch_schema', 'output_schema', 'entropy'])

/**
 * The standard modules and the project's own, by name.
 * @returns also the names of `broken` ones: their module.yml has faults, which are added to `faults`
 */
export function loadModules(
  model: ModelDefinition,
  files: readonly SourceFile[],
  settings: ProjectSettings | undefined,
  projectYaml: YamlFile,
  faults: Diagnostic[],
  words: ColumnWords,
): { readonly modules: ReadonlyMap<string, Module>; readonly broken: ReadonlySet<string> } {
  const standard = model.modules.map(module => readPackageFile(`models/${module}/module.yml`))
  const modules = new Map<string, Module>()
  const broken = new Set<string>()
  for (const file of [...standard, ...files.filter(isModuleFile)]) {
    const module = collectFaults(faults, () => readModule(model, file, settings, words))
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

function readModule(
  model: ModelDefinition,
  file: SourceFile,
  settings: ProjectSettings | undefined,
  words: ColumnWords,
): Module {
  const yaml = parseYaml(file)
  const declared = validate(yaml, moduleSchema)
  const definition = isStandard(file) ? withColumnWords(declared, words) : declared
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
  const faults: Diagnostic[] = []
  definition.vars.forEach((entry, index) => {
    const named: Record<string, VariableDeclaration | undefined> =
      typeof entry === 'string' ? { [entry]: ownValue(model.vars, entry) } : entry
    for (const [variable, declaration] of Object.entries(named)) {
      if (declaration) variables.set(variable, declaration)
      else
        faults.push(
          error('unknown-variable', `the standard model has no variable '${variable}'`, {
            at: yaml.valueAt(['vars', index]),
            hint:
              nearest(variable, Object.keys(model.vars)).hint ??
              `Declare one of the module's own: {${variable}: {type: ..., description: ...}}.`,
          }),
        )
    }
  })
  if (faults.length > 0) throw new Faults(faults)
  return {
    name,
    folder,
    standard: isStandard(file),
    enabled: ownValue(settings?.modules, name)?.enabled ?? true,
    definition,
    variables,
    yaml,
  }
}
