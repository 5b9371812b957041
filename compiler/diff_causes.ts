// Why a node differs: the files, macros and variables that it is made of and that differ, by name.

import type { NodeState, TargetState } from './manifest.js'

export interface Cause {
  /** `file`: of the project; `package`: a file of the package, or its version. */
  readonly kind: 'file' | 'macro' | 'variable' | 'package'
  readonly name: string
  /** Where a macro stands. */
  readonly file?: string
  /** Of a node that came: the one that went and had the same text. */
  readonly renamed_from?: string
  /** Of a node that went: the one that came and has the same text. */
  readonly renamed_to?: string
}

export interface Sides {
  readonly base: TargetState
  readonly head: TargetState
  readonly before: ReadonlyMap<string, NodeState>
  readonly after: ReadonlyMap<string, NodeState>
  /** Nodes that went, with those that came in their place, and the other way round. */
  readonly renamed: ReadonlyMap<string, string>
  /** What came, went or changed anywhere, for nodes that differ though nothing that they are made of does. */
  readonly elsewhere: () => readonly Cause[]
}

export function sidesOf(base: TargetState, head: TargetState): Sides {
  const before = new Map(base.nodes.map(node => [node.name, node]))
  const after = new Map(head.nodes.map(node => [node.name, node]))
  let found: readonly Cause[] | undefined
  const sides: Sides = {
    base,
    head,
    before,
    after,
    renamed: renames(before, after),
    elsewhere: () => {
      found ??= causesElsewhere(sides)
      return found
    },
  }
  return sides
}

/** Only where the text is that of one node that went and of one that came. */
function renames(
  before: ReadonlyMap<string, NodeState>,
  after: ReadonlyMap<string, NodeState>,
): ReadonlyMap<string, string> {
  const gone = byText([...before.values()].filter(({ name }) => !after.has(name)))
  const come = byText([...after.values()].filter(({ name }) => !before.has(name)))
  return new Map(
    [...gone].flatMap(([text, [old, ...others]]) => {
      const [now, ...more] = come.get(text) ?? []
      const isPair = old && now && others.length + more.length === 0
      return isPair ? [[old.name, now.name] as const, [now.name, old.name] as const] : []
    }),
  )
}

function byText(nodes: readonly NodeState[]): ReadonlyMap<string, readonly NodeState[]> {
  const found = new Map<string, NodeState[]>()
  for (const node of nodes)
    if (node.hash !== null) {
      const key = `${node.kind} ${node.hash}`
      found.set(key, [...(found.get(key) ?? []), node])
    }
  return found
}

/** @param old undefined for a node that was added; @param now for one that was removed */
export function causesOf(
  sides: Sides,
  old: NodeState | undefined,
  now: NodeState | undefined,
): readonly Cause[] {
  const { before, after, base, head } = sides
  const names = new Set([old, now].flatMap(node => (node ? [node.name, ...node.inlines] : [])))
  const pairs = [...names].map(name => [before.get(name), after.get(name)] as const)
  const direct = [
    ...pairs.flatMap(([was, is]) => fileCauses(sides, was, is)),
    ...pairs.flatMap(([was, is]) => macroCauses(sides, was, is)),
    ...pairs.flatMap(([was, is]) => variableCauses(was, is)),
  ]
  const isEnough = direct.length > 0 && old?.relation === now?.relation && old?.kind === 'model'
  const scopes = ['', ...[(old ?? now)?.module ?? []].flat()]
  const found = isEnough ? direct : [...direct, ...namingCauses(sides, scopes)]
  if (found.length > 0) return unique(found)
  if (base.package_version === head.package_version) return unique(sides.elsewhere())
  return [{ kind: 'package', name: `seshat-sql ${base.package_version} -> ${head.package_version}` }]
}

const fileCause = (name: string): Cause => ({ kind: name.startsWith('seshat:') ? 'package' : 'file', name })

/** Its own file, and the YAML files that say something of it. */
function fileCauses(sides: Sides, old: NodeState | undefined, now: NodeState | undefined): readonly Cause[] {
  if (old && now) {
    const own = old.hash === now.hash && old.file === now.file ? [] : [old.file, now.file]
    return [...own, ...yamlCauses(sides, old, now)].flatMap(file => (file === null ? [] : [fileCause(file)]))
  }
  const one = old ?? now
  if (!one) return []
  const other = old ? sides.head : sides.base
  if (one.file !== null && one.hash !== null && !isSwitchedOff(one, other))
    return [ownFile(sides, one, one.file, !old)]
  const differs = (path: string): boolean => sides.base.yaml[path] !== sides.head.yaml[path]
  const beside = one.yaml.filter(differs)
  // A YAML file that only the other side has is not among those of the node.
  return (beside.length > 0 ? beside : Object.keys(other.yaml).filter(differs)).map(fileCause)
}

/** Whether its file lies on the other side as it does here, or its module does, and is of no use there. */
const isSwitchedOff = ({ file, hash, yaml, module }: NodeState, other: TargetState): boolean =>
  (file !== null && other.unused[file] === hash) ||
  (yaml.some(path => path.endsWith('/module.yml') && other.yaml[path] !== undefined) &&
    other.nodes.every(node => node.module !== module))

function ownFile({ renamed }: Sides, { name }: NodeState, file: string, added: boolean): Cause {
  const other = renamed.get(name)
  if (other === undefined) return fileCause(file)
  return { ...fileCause(file), ...(added ? { renamed_from: other } : { renamed_to: other }) }
}

function yamlCauses({ base, head }: Sides, old: NodeState, now: NodeState): readonly string[] {
  const ofModule = ['setup', 'commit', 'complete'].includes(now.kind)
  return [...new Set([...old.yaml, ...now.yaml])].filter(file => {
    if (base.yaml[file] === head.yaml[file]) return false
    if (changedConfig(old, now)) return true
    if (file === 'seshat.yml') return false
    // A step of a module's life is made of what its module.yml says.
    if (file.endsWith('/module.yml')) return ofModule || columnsDiffer(old, now)
    return old.description !== now.description || declaredTypesDiffer(old, now)
  })
}

const changedConfig = (old: NodeState, now: NodeState): boolean =>
  JSON.stringify(old.config) !== JSON.stringify(now.config)

function columnsDiffer(old: NodeState, now: NodeState): boolean {
  const said = ({ columns }: NodeState): string =>
    JSON.stringify(columns?.map(({ name, type }) => [name, type]))
  return said(old) !== said(now)
}

/** Where the select is the same, columns of another type were declared so. */
function declaredTypesDiffer(old: NodeState, now: NodeState): boolean {
  return old.select?.tokens === now.select?.tokens && columnsDiffer(old, now)
}

function macroCauses(
  { base, head }: Sides,
  old: NodeState | undefined,
  now: NodeState | undefined,
): readonly Cause[] {
  // What a file that is new or changed calls for the first time is the file's doing.
  const both = (old?.macros ?? []).filter(name => now?.macros.includes(name))
  const called = old && now && old.hash === now.hash ? [...old.macros, ...now.macros] : both
  return called
    .filter(name => base.macros[name]?.hash !== head.macros[name]?.hash)
    .map(name => {
      const file = (head.macros[name] ?? base.macros[name])?.file
      return { kind: 'macro', name, ...(file ? { file } : {}) }
    })
}

function variableCauses(old: NodeState | undefined, now: NodeState | undefined): readonly Cause[] {
  if (!old || !now) return []
  return Object.keys({ ...old.variables, ...now.variables })
    .filter(name => name in old.variables && name in now.variables)
    .filter(name => JSON.stringify(old.variables[name]) !== JSON.stringify(now.variables[name]))
    .map(name => ({ kind: 'variable', name }))
}

/** Variables that say which tables there are and what they are called. @param scopes modules, '' for the project */
function namingCauses({ base, head }: Sides, scopes: readonly string[]): readonly Cause[] {
  return scopes.flatMap(scope => {
    const [old, now] = [base.naming[scope] ?? {}, head.naming[scope] ?? {}]
    return Object.keys({ ...old, ...now })
      .filter(name => name in old && name in now)
      .filter(name => JSON.stringify(old[name]) !== JSON.stringify(now[name]))
      .map((name): Cause => ({ kind: 'variable', name }))
  })
}

/** What came and went and, where nothing did, what reads others or is configured otherwise. */
function causesElsewhere(sides: Sides): readonly Cause[] {
  const { base, head, before, after } = sides
  const naming = namingCauses(sides, Object.keys({ ...base.naming, ...head.naming }))
  if (naming.length > 0) return naming
  const pairs = [...new Set([...before.keys(), ...after.keys()])].map(
    name => [before.get(name), after.get(name)] as const,
  )
  const whole = pairs.filter(([old, now]) => !old || !now)
  const found = whole.flatMap(([old, now]) => fileCauses(sides, old, now))
  if (found.length > 0) return found
  const place = (node: NodeState | undefined): string =>
    JSON.stringify([node?.refs.map(({ name }) => name), node?.config, node?.columns, node?.materialized])
  return pairs
    .filter(([old, now]) => place(old) !== place(now))
    .flatMap(([old, now]) => fileCauses(sides, old, now))
}

const unique = (causes: readonly Cause[]): readonly Cause[] =>
  [...new Map(causes.map(cause => [`${cause.kind} ${cause.name}`, cause]))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, cause]) => cause)
