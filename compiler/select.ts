// Selection: the words after --select and --exclude -> node ids. The same words as dbt: names, globs, methods with a
// colon, graph operators; a space is a union, a comma an intersection.

import picomatch from 'picomatch'
import { type Diagnostic, error, Faults, fail } from './diagnostics.js'
import { type GraphNode, lifeNode, type ProjectGraph } from './graph.js'
import { nearestNames } from './nearest.js'
import { packagePrefix } from './project.js'

export interface Selection {
  /** In the order of the graph. */
  readonly nodes: readonly string[]
  readonly warnings: readonly Diagnostic[]
}

/**
 * @param select words as given; none means everything
 * @throws Faults `nothing-selected`, `bad-selector`, `cannot-exclude`
 */
export function selectNodes(
  project: ProjectGraph,
  select: readonly string[],
  exclude: readonly string[],
): Selection {
  const chosen = select.length === 0 ? new Set(project.order) : union(project, select)
  const excluded = exclude.length === 0 ? new Set<string>() : union(project, exclude)
  const kept = new Set([...chosen].filter(id => !excluded.has(id)))
  const whole = withWholeCommits(project, kept)
  const back = [...whole].filter(id => excluded.has(id) && project.graph.node(id).kind === 'model')
  if (back.length > 0) {
    fail(
      'cannot-exclude',
      `${back.join(', ')} cannot be left out: a module's tables are committed together`,
      {
        hint: 'Leave out the module, or use stage_next and skip_derived to say which tables it writes.',
      },
    )
  }
  if (whole.size === 0)
    fail('nothing-selected', 'the selection leaves nothing to do', {
      hint: 'See what there is with: seshat ls',
    })
  return {
    nodes: project.order.filter(id => whole.has(id)),
    warnings: excludedReaders(project, whole, excluded),
  }
}

const words = (texts: readonly string[]): readonly string[] =>
  texts.flatMap(text => text.split(/\s+/)).filter(word => word !== '')

function union(project: ProjectGraph, texts: readonly string[]): Set<string> {
  const found = new Set<string>()
  for (const word of words(texts)) for (const id of intersection(project, word)) found.add(id)
  return found
}

function intersection(project: ProjectGraph, word: string): ReadonlySet<string> {
  const sets = word
    .split(',')
    .filter(atom => atom !== '')
    .map(atom => resolveAtom(project, atom))
  const [first, ...rest] = sets
  const both = new Set([...(first ?? [])].filter(id => rest.every(set => set.has(id))))
  if (both.size === 0) fail('nothing-selected', `'${word}' selects nothing: its parts have nothing in common`)
  return both
}

function resolveAtom(project: ProjectGraph, atom: string): ReadonlySet<string> {
  const match = /^(@)?(?:(\d*)(\+))?(.+?)(?:(\+)(\d*))?$/.exec(atom)
  const [, at, upDepth, up, core = '', down, downDepth] = match ?? []
  if (core.includes('+') || core.includes('@') || (at && (up || down))) {
    fail('bad-selector', `'${atom}' is not a selection`, {
      hint: 'Write name, +name, name+, 2+name+1 or @name.',
    })
  }
  const start = resolveName(project, core)
  if (start.size === 0) throw new Faults([nothingSelected(project, core)])
  const depth = (text: string | undefined): number => (text ? Number(text) : Number.POSITIVE_INFINITY)
  const found = new Set(start)
  if (up) spread(project, start, 'predecessors', depth(upDepth), found)
  if (down || at) spread(project, start, 'successors', depth(downDepth), found)
  if (at) spread(project, new Set(found), 'predecessors', Number.POSITIVE_INFINITY, found)
  return found
}

type Direction = 'predecessors' | 'successors'

/**
 * Adds what lies up to `depth` away. Without a limit that is all the graph has, steps of the life cycle too; with one,
 * models are counted by their refs, as one reads them in the files.
 */
function spread(
  project: ProjectGraph,
  start: ReadonlySet<string>,
  direction: Direction,
  depth: number,
  found: Set<string>,
): void {
  const limited = depth !== Number.POSITIVE_INFINITY
  let frontier: readonly string[] = [...start]
  for (let away = 0; away < depth && frontier.length > 0; away++) {
    const next = frontier.flatMap(id =>
      limited ? refNeighbours(project, id, direction) : (project.graph[direction](id) ?? []),
    )
    frontier = [...new Set(next)].filter(id => !found.has(id))
    for (const id of frontier) found.add(id)
  }
}

function refNeighbours(project: ProjectGraph, id: string, direction: Direction): readonly string[] {
  const { tables } = project.catalog
  const makerOf = (name: string): string => tables.get(name)?.model?.name ?? name
  const refsOf = (node: string): readonly string[] =>
    (tables.get(node)?.model?.refs ?? [])
      .map(ref => makerOf(ref.name))
      .filter(name => project.graph.hasNode(name))
  return direction === 'predecessors' ? refsOf(id) : project.order.filter(other => refsOf(other).includes(id))
}

function resolveName(project: ProjectGraph, name: string): ReadonlySet<string> {
  const nodes = project.order.map(id => project.graph.node(id))
  const colon = name.indexOf(':')
  if (colon !== -1) return byMethod(nodes, name.slice(0, colon), name.slice(colon + 1))
  const matches = matcher(name)
  const found = new Set(nodes.filter(node => matches(node.id)).map(node => node.id))
  for (const module of project.lives.keys()) {
    if (matches(module)) for (const id of mainOf(project, nodes, module)) found.add(id)
  }
  return found
}

/** What a module's bare name selects: its main step, that is setup, its own models and their commit. */
function mainOf(project: ProjectGraph, nodes: readonly GraphNode[], module: string): readonly string[] {
  const own = nodes.filter(node => node.module?.name === module && !node.custom && node.kind !== 'complete')
  return project.lives.has(module) ? own.map(node => node.id) : []
}

const matcher = (pattern: string): ((text: string) => boolean) =>
  /[*?[{]/.test(pattern) ? picomatch(pattern, { dot: true }) : text => text === pattern

const methods = ['module', 'path', 'tag', 'config', 'resource_type', 'source']

function byMethod(nodes: readonly GraphNode[], method: string, value: string): ReadonlySet<string> {
  const matches = matcher(value)
  const where = (test: (node: GraphNode) => boolean): ReadonlySet<string> =>
    new Set(nodes.filter(test).map(node => node.id))
  if (method === 'module') return where(node => matches(node.module?.name ?? 'custom'))
  if (method === 'path') return where(node => inPath(node, value))
  if (method === 'tag') return where(node => (node.table?.config.tags ?? []).some(matches))
  if (method === 'resource_type') return where(node => matches(node.kind))
  if (method.startsWith('config.')) {
    const key = method.slice('config.'.length)
    return where(node =>
      [configValue(node, key)].flat().some(entry => entry !== undefined && matches(String(entry))),
    )
  }
  if (method === 'source') {
    return where(node =>
      (node.table?.model?.sources ?? []).some(
        source => matches(source.name) || matches(`${source.name}.${source.table}`),
      ),
    )
  }
  const known = nearestNames(method, methods)
  return fail('bad-selector', `'${method}:' is no way to select`, {
    hint: known[0]
      ? `Did you mean '${known[0]}:'?`
      : `There are ${methods.map(m => `${m}:`).join(' ')} (config. takes a key).`,
  })
}

const filePath = (node: GraphNode): string =>
  (node.table?.model?.file ?? node.table?.seed?.path ?? '').replace(packagePrefix, '')

function inPath(node: GraphNode, value: string): boolean {
  const folder = value.replace(/^\.\//, '').replace(/\/$/, '')
  const path = filePath(node)
  return path !== '' && (path === folder || path.startsWith(`${folder}/`) || matcher(folder)(path))
}

function configValue(node: GraphNode, key: string): unknown {
  if (!node.table) return undefined
  if (key === 'materialized') return node.table.kind
  return node.table.config[key as keyof typeof node.table.config]
}

function nothingSelected(project: ProjectGraph, name: string): Diagnostic {
  const known = [...project.order, ...project.lives.keys()]
  const near = nearestNames(name, known)
  const hint =
    near.length > 0
      ? `Did you mean ${near.map(n => `'${n}'`).join(' or ')}?`
      : 'See what there is with: seshat ls'
  return error('nothing-selected', `'${name}' selects nothing`, { hint })
}

/** A module's tables are committed in one transaction: one of them brings the others, and any model its setup. */
function withWholeCommits(project: ProjectGraph, chosen: ReadonlySet<string>): ReadonlySet<string> {
  const whole = new Set(chosen)
  for (const life of project.lives.values()) {
    const { name } = life.module
    const committed = life.committed.map(table => table.name)
    const commit = lifeNode(name, 'commit')
    if (chosen.has(commit) || committed.some(id => chosen.has(id))) {
      for (const id of [commit, ...committed, ...life.manifests.map(table => table.name)]) whole.add(id)
    }
    const main = [...whole].some(id => {
      const node = project.graph.node(id)
      return node.module === life.module && !node.custom && node.kind !== 'complete'
    })
    if (main) whole.add(lifeNode(name, 'setup'))
  }
  return whole
}

/** Completing over a reader that was left out on purpose takes its input away: say so, by name. */
function excludedReaders(
  project: ProjectGraph,
  chosen: ReadonlySet<string>,
  excluded: ReadonlySet<string>,
): readonly Diagnostic[] {
  return [...chosen]
    .filter(id => project.graph.node(id).kind === 'complete')
    .flatMap(id => {
      const readers = (project.graph.predecessors(id) ?? []).filter(
        reader => excluded.has(reader) && !chosen.has(reader),
      )
      const names = readers.filter(reader => project.graph.node(reader).kind === 'model').sort()
      if (names.length === 0) return []
      const diagnostic: Diagnostic = {
        code: 'reader-excluded',
        severity: 'warning',
        message: `${id} will remove what ${names.join(', ')} would have read`,
        hint: `Exclude ${id} too if they shall see these rows later.`,
      }
      return [diagnostic]
    })
}
