// Playbook files of SQL-Runner -> the settings of a project, and what of them could not be carried over, by file and line.

import { collectFaults } from '../collect_faults.js'
import type { Diagnostic, Place } from '../diagnostics.js'
import { nearestNames } from '../nearest.js'
import { ownValue } from '../records.js'
import { type SourceFile, startOf } from '../source_file.js'
import { type VariableDeclaration, type VariableValue, valueFault } from '../variable_declaration.js'
import { customScope } from '../variables.js'
import { bareName, isMap, keyOf, type LeftOver, openPlaybook, type Playbook } from './playbook.js'
import { renamed, withoutEqual } from './playbook_names.js'
import { readTargets } from './playbook_targets.js'
import { templatesIn } from './playbook_text.js'
import type { Output, Setting } from './project_files.js'

export interface Playbooks {
  readonly outputs: readonly Output[]
  readonly shared: readonly Setting[]
  readonly modules: ReadonlyMap<string, readonly Setting[]>
  /** In the order of files and lines. */
  readonly leftOver: readonly LeftOver[]
}

/** The variables that there are, and those that each module takes. */
export interface KnownVariables {
  readonly all: Readonly<Record<string, VariableDeclaration>>
  readonly modules: ReadonlyMap<string, ReadonlySet<string>>
}

interface Found {
  readonly name: string
  readonly value: VariableValue
  readonly module: string
  readonly at: Place
}

/** @param files of any order: playbooks of standard modules come before others, and what is set first counts */
export function readPlaybooks(files: readonly SourceFile[], known: KnownVariables): Playbooks {
  const leftOver: LeftOver[] = []
  const found: Found[] = []
  const outputs = new Map<string, Output>()
  const isCustom = (file: SourceFile): boolean => moduleOf(file.path, known) === customScope
  for (const file of [...files.filter(file => !isCustom(file)), ...files.filter(isCustom)]) {
    const faults: Diagnostic[] = []
    const playbook = collectFaults(faults, () => openPlaybook(file))
    for (const { at, message } of faults)
      leftOver.push({ at: at ?? startOf(file.path), what: `the file cannot be read: ${message}` })
    if (!playbook) continue
    for (const { line, text } of playbook.text.conditions)
      leftOver.push({
        at: { ...startOf(file.path), line },
        what: `${text}: what it encloses was read as if it counted`,
      })
    const module = moduleOf(file.path, known)
    readTargets(playbook, outputs, leftOver)
    readVariables(playbook, module, known, found, leftOver)
    if (module === customScope) readSteps(playbook, leftOver)
  }
  const settings = settle(found, known, leftOver)
  return { outputs: [...outputs.values()], ...settings, leftOver: leftOver.toSorted(byPlace) }
}

const byPlace = (a: LeftOver, b: LeftOver): number =>
  a.at.file === b.at.file ? a.at.line - b.at.line : a.at.file < b.at.file ? -1 : 1

/** `standard/03-sessions/01-sessions-main.yml.tmpl` -> `sessions`; files of no module of ours are custom. */
function moduleOf(path: string, known: KnownVariables): string {
  const file = path.replace(/^.*\//, '').replace(/\.ya?ml(\.tmpl)?$/, '')
  const name = file
    .replace(/^[0-9X]+[-_]/i, '')
    .replace(/^(destroy|setup)[-_]/, '')
    .replace(/[-_](main|complete|setup|destroy)$/, '')
    .replaceAll('-', '_')
  if (known.modules.has(name)) return name
  return name === 'metadata' ? 'metadata' : customScope
}

function readVariables(
  { yaml, text, data }: Playbook,
  module: string,
  known: KnownVariables,
  found: Found[],
  leftOver: LeftOver[],
): void {
  const key = keyOf(data, 'variables')
  const variables = data[key]
  if (variables === undefined || variables === null) return
  if (!isMap(variables)) {
    leftOver.push({ at: yaml.valueAt([key]), what: ':variables: is no map of names to values' })
    return
  }
  for (const [written, value] of Object.entries(variables)) {
    const at = yaml.keyAt([key, written])
    const old = bareName(written)
    const template = templatesIn(value, text)[0]
    if (template) {
      leftOver.push({
        at,
        what: `${old}: its value is a template, ${template.text}: set it in seshat.yml, or with --vars`,
      })
      continue
    }
    const outcome = variableOf(old, value, module, known)
    if ('reason' in outcome) leftOver.push({ at, what: `${old}: ${outcome.reason}` })
    else found.push({ ...outcome, at })
  }
}

function variableOf(
  old: string,
  value: unknown,
  module: string,
  { all, modules }: KnownVariables,
): Omit<Found, 'at'> | { readonly reason: string } {
  const name = ownValue(renamed, old) ?? old
  const declaration = ownValue(all, name)
  if (!declaration) {
    const reason = ownValue(withoutEqual, old)
    if (reason !== undefined) return { reason }
    if (module === customScope && /^[A-Za-z_][A-Za-z0-9_]*$/.test(old) && isPlainValue(value))
      return { name: old, value, module }
    const near = nearestNames(old, Object.keys(all))
    return { reason: `no variable is called that${near[0] ? `; the nearest is ${near[0]}` : ''}` }
  }
  const typed = asDeclared(declaration, value)
  const fault = valueFault(declaration, typed)
  if (fault !== undefined || !isPlainValue(typed))
    return { reason: `its value ${fault ?? 'cannot stand here'}` }
  if (modules.has(module) && !modules.get(module)?.has(name) && !declaration.project_wide)
    return { reason: `${module} has no such variable` }
  return { name, value: typed, module }
}

const isPlainValue = (value: unknown): value is VariableValue =>
  [value].flat().every(item => item === null || ['string', 'number', 'boolean'].includes(typeof item))

/** Playbooks quote what they like; a list of one may be written as its item. */
function asDeclared({ type, nullable }: VariableDeclaration, value: unknown): unknown {
  if (nullable && value === '') return null
  if (type === 'list' || type === 'columns') return value === null ? [] : [value].flat()
  if (type === 'suffix' && value === null) return ''
  if (typeof value !== 'string') return type === 'date' ? String(value) : value
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(value)) return Number(value)
  if ((type === 'boolean' || type === 'choice') && /^(true|false)$/i.test(value))
    return value.toLowerCase() === 'true'
  return value
}

/** The SQL of a custom playbook becomes models, which nobody can write but people. */
function readSteps({ yaml, data }: Playbook, leftOver: LeftOver[]): void {
  const key = keyOf(data, 'steps')
  const steps = data[key]
  for (const [index, step] of Array.isArray(steps) ? steps.entries() : []) {
    if (!isMap(step)) continue
    const inner = keyOf(step, 'queries')
    const queries = step[inner]
    for (const [number, query] of Array.isArray(queries) ? queries.entries() : []) {
      const file = isMap(query) ? query[keyOf(query, 'file')] : undefined
      if (typeof file === 'string')
        leftOver.push({
          at: yaml.valueAt([key, index, inner, number]),
          what: `${file}: write its select as a model in models/`,
        })
    }
  }
}

/** What every module takes; the first value is the project's, and modules that differ have their own. */
const everywhere: ReadonlySet<string> = new Set([
  'input_schema',
  'scratch_schema',
  'output_schema',
  'entropy',
])

/** Of the values of one module the first counts. */
function settle(
  found: readonly Found[],
  { all, modules }: KnownVariables,
  leftOver: LeftOver[],
): Pick<Playbooks, 'shared' | 'modules'> {
  const first = new Map<string, Found>()
  for (const entry of found) {
    const key = ownValue(all, entry.name)?.project_wide ? entry.name : `${entry.module} ${entry.name}`
    const earlier = first.get(key)
    if (!earlier) first.set(key, entry)
    else if (JSON.stringify(earlier.value) !== JSON.stringify(entry.value))
      leftOver.push({
        at: entry.at,
        what: `${entry.name}: ${JSON.stringify(entry.value)} here, ${JSON.stringify(earlier.value)} at ${earlier.at.file}:${earlier.at.line}, which was taken`,
      })
  }
  const entries = [...first.values()]
  const shared: Setting[] = []
  const own = new Map<string, Setting[]>([...modules.keys(), customScope].map(module => [module, []]))
  for (const entry of entries) {
    const before = shared.find(({ name }) => name === entry.name)
    if (!everywhere.has(entry.name)) place(entry, own, all, shared, leftOver)
    else if (!before) shared.push(settingOf(entry))
    else if (JSON.stringify(before.value) !== JSON.stringify(entry.value))
      place(entry, own, all, shared, leftOver)
  }
  return { shared, modules: new Map([...own].filter(([, settings]) => settings.length > 0)) }
}

function place(
  entry: Found,
  own: ReadonlyMap<string, Setting[]>,
  all: KnownVariables['all'],
  shared: Setting[],
  leftOver: LeftOver[],
): void {
  const isStandard = ownValue(all, entry.name) !== undefined
  const settings = own.get(entry.module)
  if (settings && !(isStandard && entry.module === customScope)) settings.push(settingOf(entry))
  else if (!shared.some(({ name }) => name === entry.name) && entry.module === 'metadata')
    shared.push(settingOf(entry))
  else
    leftOver.push({
      at: entry.at,
      what: `${entry.name}: custom models see the value of the project; under 'vars' it would be that of every module`,
    })
}

const settingOf = ({ name, value, at }: Found): Setting => ({
  name,
  value,
  comment: `${at.file.replaceAll(/\s/g, ' ')}:${at.line}`,
})
