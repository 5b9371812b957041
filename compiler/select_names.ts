// What one name of a selection stands for, without the operators around it: a node, a module, a glob, or a method with a
// colon and its value.

import { fail } from './diagnostics.js'
import { type GraphNode, isTestKind, type ProjectGraph } from './graph.js'
import { nearest } from './nearest.js'
import { type Method, type MethodName, matcher, methodOf } from './select_atoms.js'
import { packagePrefix } from './source_file.js'

/** What a method stands for that needs more than the nodes themselves. */
export type OutsideMethods = Readonly<Record<string, (method: Method) => ReadonlySet<string>>>

/** A source itself, without what lies behind it: its data tests alone. @throws Faults `nothing-selected` */
export function testsOfSources(project: ProjectGraph, method: Method): ReadonlySet<string> {
  const found = byValues(
    project.order.map(id => project.graph.node(id)),
    method,
  )
  const tests = [...found].filter(id => project.graph.node(id).kind === 'test')
  if (tests.length === 0)
    fail('nothing-selected', `'source:${method.value}' has no data tests of its own`, {
      hint: `For those of what reads it too, write source:${method.value}+.`,
    })
  return new Set(tests)
}

/** @throws Faults `nothing-selected` with the nearest names, `bad-selector` */
export function namedNodes(
  project: ProjectGraph,
  name: string,
  outside: OutsideMethods,
): ReadonlySet<string> {
  const nodes = project.order.map(id => project.graph.node(id))
  const method = methodOf(name)
  if (method) return (outside[method.name] ?? (found => byValues(nodes, found)))(method)
  const matches = matcher(name)
  const found = new Set(nodes.filter(node => matches(node.id)).map(node => node.id))
  for (const module of project.lives.keys()) {
    if (matches(module)) for (const id of mainOf(nodes, module)) found.add(id)
  }
  if (found.size === 0)
    fail('nothing-selected', `'${name}' selects nothing`, { hint: hintFor(project, name) })
  return found
}

function hintFor(project: ProjectGraph, name: string): string {
  const module = project.modules.get(name)
  if (module)
    return module.enabled ? `The module ${name} has no models here.` : `The module ${name} is switched off.`
  return (
    nearest(name, [...project.order, ...project.lives.keys()]).hint ?? 'See what there is with: seshat ls'
  )
}

/** What a module's bare name selects: its main step, that is setup, its own models and their commit. */
const mainOf = (nodes: readonly GraphNode[], module: string): readonly string[] =>
  nodes.filter(node => node.module?.name === module && !node.custom && isMain(node)).map(node => node.id)

/** Part of a module's main step, which its bare name stands for. */
export const isMain = ({ kind }: GraphNode): boolean => kind !== 'complete' && !isTestKind(kind)

/** What a node has to match, by method. */
const values: Readonly<
  Record<Exclude<MethodName, 'selector' | 'state'>, (node: GraphNode) => readonly string[]>
> = {
  module: node => [node.module?.name ?? 'custom'],
  tag: node => node.table?.config.tags ?? node.unitTest?.definition.config?.tags ?? [],
  resource_type: node => [node.kind],
  source: node =>
    (node.table?.model?.sources ?? []).flatMap(source => [source.name, `${source.name}.${source.table}`]),
  path: node => pathsOf(node),
}

/** The file that makes a node; undefined for steps of the life cycle. */
export const fileOf = ({ table, unitTest }: GraphNode): string | undefined =>
  table?.model?.file ?? table?.seed?.path ?? unitTest?.yaml.file

/** The file of a node and every folder above it. */
function pathsOf(node: GraphNode): readonly string[] {
  const path = fileOf(node)?.replace(packagePrefix, '')
  const parts = path?.split('/') ?? []
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

/** @param path `['tags']`, `['meta', 'owner']` */
function configValues({ table }: GraphNode, path: readonly string[]): readonly string[] {
  if (!table) return []
  if (path.join('.') === 'materialized') return [table.kind]
  const value = path.reduce<unknown>(
    (map, key) =>
      typeof map === 'object' && map !== null ? (map as Record<string, unknown>)[key] : undefined,
    { ...table.config, ...table.model?.test?.config },
  )
  return value === undefined ? [] : [value].flat().map(String)
}

function byValues(nodes: readonly GraphNode[], { name, value, matches }: Method): ReadonlySet<string> {
  const of = Object.hasOwn(values, name)
    ? values[name as keyof typeof values]
    : (node: GraphNode) => configValues(node, name.split('.').slice(1))
  const found = nodes.filter(node => of(node).some(matches)).map(node => node.id)
  if (found.length > 0) return new Set(found)
  const known = [...new Set(nodes.flatMap(of))].sort()
  const some = known.slice(0, 12).join(', ') + (known.length > 12 ? ' and more' : '')
  const all = known.length > 0 ? `There are ${some}.` : `Nothing here has one.`
  return fail('nothing-selected', `'${name}:${value}' selects nothing`, {
    hint: nearest(value, known).hint ?? all,
  })
}
