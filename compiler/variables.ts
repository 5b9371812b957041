// Variables: their values by precedence, command line over module over project over default, each checked against its
// declaration. `null`, 0 and false are values, not absences.

import { type Diagnostic, error, type Place, shorten } from './diagnostics.js'
import { didYouMean, nearest, nearestNames } from './nearest.js'
import {
  customFault,
  type VariableDeclaration,
  type VariableValue,
  valueFault,
} from './variable_declaration.js'
import type { YamlFile, YamlPath } from './yaml_file.js'

/** The variables that belong to no module: a project's own, set under `vars: {custom: {...}}`. */
export const customScope = 'custom'

/** Which variable each module takes: module name -> variable name -> declaration. */
export type Declarations = ReadonlyMap<string, ReadonlyMap<string, VariableDeclaration>>

interface Setting {
  readonly value: unknown
  readonly at: Place
}

/** One layer of settings: seshat.yml or the command line. */
interface Layer {
  readonly project: ReadonlyMap<string, Setting>
  readonly modules: ReadonlyMap<string, ReadonlyMap<string, Setting>>
}

export interface Variables {
  /** The value that a model of `module` sees; undefined for a name that nothing declares or a value nobody set. */
  value(module: string | undefined, name: string): VariableValue | undefined
  /** Where the value that a model of `module` sees was set; undefined where it is the default. */
  place(module: string | undefined, name: string): Place | undefined
  /** Every name that a model of `module` may read. */
  names(module: string | undefined): readonly string[]
}

/**
 * Reads the `vars` of seshat.yml and of the command line, each with the path of keys at which they stand.
 * Faults are added to `faults`: `unknown-variable`, `bad-variable`.
 * @param ignored names of modules whose declarations could not be read
 */
export function readVariables(
  declarations: Declarations,
  sources: readonly { readonly yaml: YamlFile; readonly path: YamlPath }[],
  ignored: ReadonlySet<string>,
  faults: Diagnostic[],
): Variables {
  const layers = sources.map(source => readLayer(declarations, source, ignored, faults))
  const custom = new Set(layers.flatMap(layer => [...(layer.modules.get(customScope)?.keys() ?? [])]))
  const settings = layers.reverse().map(layer => (module: string | undefined, name: string) => {
    const own = module === undefined ? undefined : layer.modules.get(module)?.get(name)
    return own ?? layer.project.get(name) ?? layer.modules.get(customScope)?.get(name)
  })
  const find = (module: string | undefined, name: string): Setting | undefined => {
    for (const setting of settings) {
      const found = setting(module, name)
      if (found) return found
    }
    return undefined
  }
  return {
    value(module, name) {
      const found = find(module, name)
      return found ? (found.value as VariableValue) : declarationFor(declarations, module, name)?.default
    },
    place: (module, name) => find(module, name)?.at,
    names: module => [...declaredNames(declarations, module), ...custom],
  }
}

function declarationFor(declarations: Declarations, module: string | undefined, name: string) {
  const own = module === undefined ? undefined : declarations.get(module)?.get(name)
  if (own) return own
  for (const declared of declarations.values()) {
    const found = declared.get(name)
    if (found) return found
  }
  return undefined
}

function declaredNames(declarations: Declarations, module: string | undefined): readonly string[] {
  const own = module === undefined ? undefined : declarations.get(module)
  return own ? [...own.keys()] : [...new Set([...declarations.values()].flatMap(map => [...map.keys()]))]
}

function readLayer(
  declarations: Declarations,
  source: { readonly yaml: YamlFile; readonly path: YamlPath },
  ignored: ReadonlySet<string>,
  faults: Diagnostic[],
): Layer {
  const { yaml, path } = source
  const project = new Map<string, Setting>()
  const modules = new Map<string, Map<string, Setting>>()
  const data = path.reduce<unknown>(
    (value, key) => (value as Record<string | number, unknown> | undefined)?.[key],
    yaml.data,
  )
  if (data === undefined || data === null) return { project, modules }
  if (!isMap(data)) {
    const hint = path.length === 0 ? { hint: "Write YAML: --vars '{entropy: _test}'." } : {}
    faults.push(
      error('bad-value', 'vars must be a map of names to values', { at: yaml.valueAt(path), ...hint }),
    )
    return { project, modules }
  }
  for (const [key, value] of Object.entries(data)) {
    const here = [...path, key]
    if (ignored.has(key)) continue
    if (key === customScope || declarations.has(key)) {
      modules.set(key, readModule(declarations, yaml, here, key, value, faults))
      continue
    }
    const declared = declarationFor(declarations, undefined, key)
    if (!declared) {
      faults.push(unknownVariable(declarations, yaml, here, key))
      continue
    }
    const fault = valueFault(declared, value)
    if (fault) faults.push(badVariable(yaml, here, key, value, fault))
    else project.set(key, { value, at: yaml.valueAt(here) })
  }
  return { project, modules }
}

function readModule(
  declarations: Declarations,
  yaml: YamlFile,
  path: YamlPath,
  module: string,
  data: unknown,
  faults: Diagnostic[],
): Map<string, Setting> {
  const settings = new Map<string, Setting>()
  if (data === null) return settings
  if (!isMap(data)) {
    faults.push(
      error('bad-value', `the variables of ${module} must be a map of names to values`, {
        at: yaml.valueAt(path),
      }),
    )
    return settings
  }
  const declared = declarations.get(module)
  for (const [name, value] of Object.entries(data)) {
    const here = [...path, name]
    const declaration = declared?.get(name)
    if (declared && !declaration) {
      faults.push(unknownInModule(declarations, yaml, here, module, name))
    } else if (!declared && declarationFor(declarations, undefined, name)) {
      const message = `'${name}' is a variable of the standard model and cannot be set under '${customScope}'`
      faults.push(
        error('unknown-variable', message, { at: yaml.keyAt(here), hint: `Set it directly under 'vars'.` }),
      )
    } else if (declaration?.project_wide) {
      const message = `'${name}' is the same for all modules of a run and cannot be set for ${module} alone`
      faults.push(
        error('bad-variable', message, { at: yaml.keyAt(here), hint: `Set it directly under 'vars'.` }),
      )
    } else {
      const fault = declaration ? valueFault(declaration, value) : customFault(value)
      if (fault) faults.push(badVariable(yaml, here, name, value, fault))
      else settings.set(name, { value, at: yaml.valueAt(here) })
    }
  }
  return settings
}

function unknownVariable(
  declarations: Declarations,
  yaml: YamlFile,
  path: YamlPath,
  key: string,
): Diagnostic {
  const known = [...declarations.keys(), ...declaredNames(declarations, undefined)]
  const near = nearestNames(key, known)
  const suggestion = near.length > 0 ? `${didYouMean(near).hint} ` : ''
  return error('unknown-variable', `no variable or module is called '${shorten(key)}'`, {
    at: yaml.keyAt(path),
    hint: `${suggestion}Variables of your own models go under 'vars: {${customScope}: {...}}'.`,
  })
}

function unknownInModule(
  declarations: Declarations,
  yaml: YamlFile,
  path: YamlPath,
  module: string,
  name: string,
): Diagnostic {
  const owners = [...declarations].filter(([, map]) => map.has(name)).map(([owner]) => owner)
  const known = [...(declarations.get(module)?.keys() ?? [])]
  const elsewhere =
    owners.length > 0 ? { hint: `It is a variable of ${owners.join(', ')}.` } : nearest(name, known)
  return error('unknown-variable', `module ${module} has no variable '${shorten(name)}'`, {
    at: yaml.keyAt(path),
    hint: elsewhere.hint ?? `Its variables are ${known.join(', ')}.`,
  })
}

function badVariable(
  yaml: YamlFile,
  path: YamlPath,
  name: string,
  value: unknown,
  fault: string,
): Diagnostic {
  const shown = isInfinite(value) ? yamlNumber(value) : (JSON.stringify(value) ?? 'nothing')
  const short = shown.length > 80 ? `${shown.slice(0, 77)}...` : shown
  const unquoted = fault.startsWith('must be a text') && ['number', 'boolean'].includes(typeof value)
  return error('bad-variable', `${name} ${fault}, not ${short}`, {
    at: yaml.valueAt(path),
    ...(unquoted ? { hint: `Put it in quotes: "${String(value)}".` } : {}),
  })
}

const isInfinite = (value: unknown): value is number => typeof value === 'number' && !Number.isFinite(value)

/** As YAML writes the numbers that JSON cannot. */
const yamlNumber = (value: number): string => {
  if (Number.isNaN(value)) return '.nan'
  return value > 0 ? '.inf' : '-.inf'
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
