// Selection: the words after --select and --exclude -> node ids. The same words as dbt: names, globs, methods with a
// colon, graph operators; a space is a union, a comma an intersection.

import { collectFaults } from './collect_faults.js'
import { type Diagnostic, Faults, fail } from './diagnostics.js'
import { lifeNode, type ProjectGraph } from './graph.js'
import { isMain, namedNodes } from './select_names.js'

export interface Selection {
  /** In the order of the graph. */
  readonly nodes: readonly string[]
  readonly warnings: readonly Diagnostic[]
}

/**
 * @param select words as given; none means everything
 * @throws Faults `nothing-selected` and `bad-selector`, all of them; `cannot-exclude`
 */
export function selectNodes(
  project: ProjectGraph,
  select: readonly string[],
  exclude: readonly string[],
): Selection {
  const faults: Diagnostic[] = []
  const chosen = select.length === 0 ? new Set(project.order) : union(project, select, faults)
  const excluded = union(project, exclude, faults)
  if (faults.length > 0) throw new Faults(faults)
  const kept = new Set([...chosen].filter(id => !excluded.has(id)))
  const whole = withWholeCommits(project, kept)
  const back = [...whole].filter(id => excluded.has(id))
  if (back.length > 0) {
    fail(
      'cannot-exclude',
      `${back.join(', ')} cannot be left out: a module is set up and committed as a whole`,
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

function union(project: ProjectGraph, texts: readonly string[], faults: Diagnostic[]): Set<string> {
  const found = words(texts).flatMap(word => [
    ...(collectFaults(faults, () => intersection(project, word)) ?? []),
  ])
  return new Set(found)
}

/** Those that stand between parts; one inside braces belongs to a glob, `{a,b}*`. */
const commas = /,(?![^{]*\})/

function intersection(project: ProjectGraph, word: string): ReadonlySet<string> {
  const [first, ...rest] = word.split(commas).map(atom => resolveAtom(project, atom))
  const common = new Set([...(first ?? [])].filter(id => rest.every(set => set.has(id))))
  if (common.size === 0)
    fail('nothing-selected', `'${word}' selects nothing: its parts have nothing in common`, {
      hint: 'A comma takes what both sides have; write a space for what either has.',
    })
  return common
}

function resolveAtom(project: ProjectGraph, atom: string): ReadonlySet<string> {
  const match = /^(@)?(?:(\d*)(\+))?(.+?)(?:(\+)(\d*))?$/.exec(atom)
  const [, at, upDepth, up, core = '', down, downDepth] = match ?? []
  if (core === '' || core.includes('+') || core.includes('@') || (at && (up || down))) {
    fail('bad-selector', `'${atom}' is not a selection`, {
      hint: 'Write name, +name, name+, 2+name+1 or @name; with a comma between two that both have to hold.',
    })
  }
  const start = namedNodes(project, core)
  const depth = (text: string | undefined): number => (text ? Number(text) : Number.POSITIVE_INFINITY)
  const found = new Set(start)
  if (up) spread(project, start, 'predecessors', depth(upDepth), found)
  if (down || at) spread(project, start, 'successors', depth(downDepth), found)
  if (at) {
    // What a test compares its model with is nothing that the model's change has to build again.
    const built = new Set([...found].filter(id => project.graph.node(id).kind !== 'test'))
    spread(project, built, 'predecessors', Number.POSITIVE_INFINITY, found)
  }
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

/**
 * A module's tables are committed in one transaction: one of them brings the whole main step. Setup notes the input rows
 * that complete may remove, so no commit may stand on models that were built before that note.
 */
function withWholeCommits(project: ProjectGraph, chosen: ReadonlySet<string>): ReadonlySet<string> {
  const whole = new Set(chosen)
  for (const life of project.lives.values()) {
    const { name } = life.module
    const committed = life.committed.map(table => table.name)
    const ownNodes = project.order.filter(id => {
      const node = project.graph.node(id)
      return node.module === life.module && !node.custom && isMain(node)
    })
    if (chosen.has(lifeNode(name, 'commit')) || committed.some(id => chosen.has(id))) {
      for (const id of ownNodes) whole.add(id)
    }
    if (ownNodes.some(id => whole.has(id))) whole.add(lifeNode(name, 'setup'))
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
