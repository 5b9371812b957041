// What one name of a selection stands for, without the operators around it: a node, a module, a glob, or a method with a
// colon and its value.

import picomatch from 'picomatch'
import { fail } from './diagnostics.js'
import type { GraphNode, ProjectGraph } from './graph.js'
import { modelConfigSchema } from './model_config.js'
import { nearest, nearestNames } from './nearest.js'
import { packagePrefix } from './source_file.js'

/** @throws Faults `nothing-selected` with the nearest names, `bad-selector` */
export function namedNodes(project: ProjectGraph, name: string): ReadonlySet<string> {
  const nodes = project.order.map(id => project.graph.node(id))
  const colon = name.indexOf(':')
  if (colon !== -1) return byMethod(nodes, name.slice(0, colon), name.slice(colon + 1))
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
export const isMain = ({ kind }: GraphNode): boolean => kind !== 'complete' && kind !== 'test'

const matcher = (pattern: string): ((text: string) => boolean) =>
  /[*?[{]/.test(pattern) ? picomatch(pattern, { dot: true }) : text => text === pattern

/** What a node has to match, by method. */
const methods: Readonly<Record<string, (node: GraphNode) => readonly string[]>> = {
  module: node => [node.module?.name ?? 'custom'],
  tag: node => node.table?.config.tags ?? [],
  resource_type: node => [node.kind],
  source: node =>
    (node.table?.model?.sources ?? []).flatMap(source => [source.name, `${source.name}.${source.table}`]),
  path: node => pathsOf(node),
}

/** The file of a node and every folder above it. */
function pathsOf(node: GraphNode): readonly string[] {
  const path = (node.table?.model?.file ?? node.table?.seed?.path)?.replace(packagePrefix, '')
  const parts = path?.split('/') ?? []
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

const configKeys = Object.keys(modelConfigSchema.shape)

function configValues(node: GraphNode, key: string): readonly string[] {
  if (!node.table) return []
  const value =
    key === 'materialized' ? node.table.kind : node.table.config[key as keyof typeof node.table.config]
  return value === undefined ? [] : [value].flat().map(String)
}

function byMethod(nodes: readonly GraphNode[], method: string, value: string): ReadonlySet<string> {
  const values = valuesOf(method)
  const matches = matcher(method === 'path' ? value.replace(/^\.\//, '').replace(/\/$/, '') : value)
  const found = nodes.filter(node => values(node).some(matches)).map(node => node.id)
  if (found.length > 0) return new Set(found)
  const known = [...new Set(nodes.flatMap(values))].sort()
  const some = known.slice(0, 12).join(', ') + (known.length > 12 ? ' and more' : '')
  const all = known.length > 0 ? `There are ${some}.` : `Nothing here has one.`
  return fail('nothing-selected', `'${method}:${value}' selects nothing`, {
    hint: nearest(value, known).hint ?? all,
  })
}

function valuesOf(method: string): (node: GraphNode) => readonly string[] {
  const known = Object.hasOwn(methods, method) ? methods[method] : undefined
  if (known) return known
  if (method.startsWith('config.')) {
    const key = method.slice('config.'.length)
    if (configKeys.includes(key)) return node => configValues(node, key)
    fail(
      'bad-selector',
      `'${method}:' is no way to select: config has no key '${key}'`,
      nearest(key, configKeys),
    )
  }
  const [near] = nearestNames(method, Object.keys(methods))
  const all = [...Object.keys(methods), 'config.<key>'].map(name => `${name}:`).join(' ')
  return fail('bad-selector', `'${method}:' is no way to select`, {
    hint: near ? `Did you mean '${near}:'?` : `There are ${all}.`,
  })
}
