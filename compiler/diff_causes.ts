// Why a node differs: the files, macros and variables that it is made of and that differ, by name.

import type { NodeState, TargetState } from './manifest.js'

export interface Cause {
  /** `file`: of the project; `package`: a file of the package, or its version. */
  readonly kind: 'file' | 'macro' | 'variable' | 'package'
  readonly name: string
  /** Where a macro stands. */
  readonly file?: string
}

export interface Sides {
  readonly base: TargetState
  readonly head: TargetState
  readonly before: ReadonlyMap<string, NodeState>
  readonly after: ReadonlyMap<string, NodeState>
}

/** @param old undefined for a node that was added; @param now for one that was removed */
export function causesOf(
  sides: Sides,
  old: NodeState | undefined,
  now: NodeState | undefined,
): readonly Cause[] {
  const { before, after } = sides
  const names = new Set([old, now].flatMap(node => (node ? [node.name, ...node.inlines] : [])))
  const pairs = [...names].map(name => [before.get(name), after.get(name)] as const)
  const direct = [
    ...pairs.flatMap(([was, is]) => fileCauses(sides, was, is)),
    ...pairs.flatMap(([was, is]) => macroCauses(sides, was, is)),
    ...pairs.flatMap(([was, is]) => variableCauses(was, is)),
  ]
  const structural = namingCauses(sides, old ?? now)
  const found =
    direct.length > 0 && old && now && old.relation === now.relation && old.kind === 'model'
      ? direct
      : [...direct, ...structural]
  if (found.length > 0) return unique(found)
  if (sides.base.package_version === sides.head.package_version) return unique(otherNodes(sides))
  return [
    { kind: 'package', name: `seshat-sql ${sides.base.package_version} -> ${sides.head.package_version}` },
  ]
}

const fileCause = (name: string): Cause => ({ kind: name.startsWith('seshat:') ? 'package' : 'file', name })

/** Its own file, and the YAML files that say something of it. */
function fileCauses(
  { base, head }: Sides,
  old: NodeState | undefined,
  now: NodeState | undefined,
): readonly Cause[] {
  const own = old?.hash === now?.hash && old?.file === now?.file ? [] : [old?.file, now?.file]
  const yaml = [...(old?.yaml ?? []), ...(now?.yaml ?? [])].filter(file => {
    const says = (node: NodeState | undefined): string =>
      JSON.stringify([node?.config, node?.columns?.map(({ name, type }) => [name, type]), node?.description])
    return base.yaml[file] !== head.yaml[file] && (says(old) !== says(now) || isOfModule(file, now))
  })
  return [...own, ...yaml].filter(file => file !== null && file !== undefined).map(fileCause)
}

/** A step of a module's life is made of what its module.yml says. */
const isOfModule = (file: string, node: NodeState | undefined): boolean =>
  file.endsWith('/module.yml') && ['setup', 'commit', 'complete'].includes(node?.kind ?? '')

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

/** Variables that say which tables there are and what they are called. */
function namingCauses({ base, head }: Sides, node: NodeState | undefined): readonly Cause[] {
  const scopes = ['', ...(node?.module ? [node.module] : [])]
  return scopes.flatMap(scope => {
    const [old, now] = [base.naming[scope] ?? {}, head.naming[scope] ?? {}]
    return Object.keys({ ...old, ...now })
      .filter(name => JSON.stringify(old[name]) !== JSON.stringify(now[name]))
      .map((name): Cause => ({ kind: 'variable', name }))
  })
}

/** Where nothing that it is made of has changed, what came and went around it has changed it. */
function otherNodes({ before, after }: Sides): readonly Cause[] {
  const gone = [...before.values()].filter(({ name }) => !after.has(name))
  const come = [...after.values()].filter(({ name }) => !before.has(name))
  const changed = [...after.values()].filter(now => {
    const old = before.get(now.name)
    return old && now.kind === 'model' && old.hash !== now.hash
  })
  return [...gone, ...come, ...changed].flatMap(({ file }) => (file === null ? [] : [fileCause(file)]))
}

const unique = (causes: readonly Cause[]): readonly Cause[] =>
  [...new Map(causes.map(cause => [`${cause.kind} ${cause.name}`, cause]))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, cause]) => cause)
