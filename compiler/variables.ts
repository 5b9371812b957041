// Variables: their declarations, and their values by precedence: command line over module over project over
// default. `null`, 0 and false are values, not absences.

import { z } from 'zod'
import { type Diagnostic, error, type Place } from './diagnostics.js'
import { didYouMean, nearest, nearestNames } from './nearest.js'
import { identifierFault } from './relation.js'
import type { YamlFile, YamlPath } from './yaml_file.js'

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])
export const variableDeclarationSchema = z.strictObject({
  type: z
    .enum([
      'string',
      'identifier',
      'suffix',
      'date',
      'integer',
      'number',
      'boolean',
      'choice',
      'list',
      'columns',
    ])
    .describe('What a value has to be.'),
  default: z
    .union([scalar, z.array(z.string())])
    .optional()
    .describe('Its value where nobody sets one.'),
  min: z.number().optional().describe('The least number allowed.'),
  above: z.number().optional().describe('A number has to be greater.'),
  max: z.number().optional().describe('The greatest number allowed.'),
  values: z
    .array(z.union([z.string(), z.boolean()]))
    .optional()
    .describe('Of a choice: what can be chosen.'),
  nullable: z.boolean().optional().describe('Whether null is a value.'),
  project_wide: z
    .boolean()
    .optional()
    .describe('The same for all modules of a run; cannot be set for one of them.'),
  description: z.string().describe('What it does.'),
})
export type VariableDeclaration = z.infer<typeof variableDeclarationSchema>
export type VariableValue = string | number | boolean | null | readonly string[]

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
  return error('unknown-variable', `no variable or module is called '${key}'`, {
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
  return error('unknown-variable', `module ${module} has no variable '${name}'`, {
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

/** What is wrong with a value of this declaration, as "must be ...", or undefined. Source: the variables table. */
/** What is wrong with a value, in words that follow its name, or undefined. */
export function valueFault(declaration: VariableDeclaration, value: unknown): string | undefined {
  if (value === null) return declaration.nullable ? undefined : `must be ${describe(declaration)}`
  return isAllowed(declaration, value) ? undefined : `must be ${describe(declaration)}`
}

/** A project's own variables are not declared; they are values that a template can print. */
const customFault = (value: unknown): string | undefined =>
  [value].flat().every(item => item === null || typeof item !== 'object')
    ? undefined
    : 'must be a text, a number, true, false, null or a list of these'

const maxInteger = 2_147_483_647

function isAllowed(declaration: VariableDeclaration, value: unknown): boolean {
  const { min = -maxInteger, max = maxInteger, above } = declaration
  const inRange = (n: number): boolean => n >= min && n <= max && (above === undefined || n > above)
  switch (declaration.type) {
    case 'string':
      return typeof value === 'string'
    case 'identifier':
      return typeof value === 'string' && identifierFault(value) === undefined
    case 'suffix':
      return typeof value === 'string' && /^[A-Za-z0-9_]*$/.test(value)
    case 'date':
      return typeof value === 'string' && isDate(value)
    case 'integer':
      return typeof value === 'number' && Number.isSafeInteger(value) && inRange(value)
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) && inRange(value)
    case 'boolean':
      return typeof value === 'boolean'
    case 'choice':
      return (declaration.values ?? []).some(allowed => allowed === value)
    case 'list':
      return Array.isArray(value) && value.every(item => typeof item === 'string')
    case 'columns':
      return Array.isArray(value) && value.every(item => typeof item === 'string' && !identifierFault(item))
  }
}

/** A day that exists, or a timestamp on one: `2024-01-31`, `2024-01-31 09:15:00`. */
function isDate(value: string): boolean {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[ T]([01]\d|2[0-3]):[0-5]\d:[0-5]\d)?$/.exec(value)
  if (!match) return false
  const day = new Date(`${match[1]}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(match[1] ?? '-')
}

/** The allowed values in words. */
function describe(declaration: VariableDeclaration): string {
  const orNull = declaration.nullable ? ' or null' : ''
  const { min, max, above } = declaration
  const from = above === undefined ? (min === undefined ? '' : ` from ${min}`) : ` above ${above}`
  const to = max === undefined ? '' : `${above === undefined ? ' to' : ' and up to'} ${max}`
  switch (declaration.type) {
    case 'string':
      return `a text${orNull}`
    case 'identifier':
      return 'an identifier, [A-Za-z_][A-Za-z0-9_$]*, at most 63 bytes'
    case 'suffix':
      return 'a text of [A-Za-z0-9_] only'
    case 'date':
      return 'a date such as 2024-01-31'
    case 'integer':
      return `a whole number from ${min ?? -maxInteger} to ${max ?? maxInteger}${orNull}`
    case 'number':
      return `a number${from}${to}${orNull}`
    case 'boolean':
      return 'true or false'
    case 'choice':
      return `one of ${(declaration.values ?? []).join(', ')}`
    case 'list':
      return 'a list of texts'
    case 'columns':
      return 'a list of column names, [A-Za-z_][A-Za-z0-9_$]*'
  }
}
