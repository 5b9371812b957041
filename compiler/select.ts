// Selection: the words after --select and --exclude -> node ids. The same words as dbt: names, globs, methods with a
// colon, graph operators; a space is a union, a comma an intersection.

import { collectFaults } from './collect_faults.js'
import { type Diagnostic, error, Faults, fail } from './diagnostics.js'
import { type ChangeClass, changeClasses } from './diff_states.js'
import { isTestKind, lifeNode, type ProjectGraph } from './graph.js'
import { nearest } from './nearest.js'
import { type Method, methodOf, parseAtom, partsOf, wordsOf } from './select_atoms.js'
import { isMain, namedNodes, type OutsideMethods, testsOfSources } from './select_names.js'
import {
  allButStandardTests,
  asksForStandardTests,
  isStandardTest,
  withDataTests,
  withUnitTests,
} from './select_tests.js'
import { placed, type Selector, type Selectors, unknownSelector } from './selectors.js'

/** How nodes differ from what they are compared with, by name. */
export type ChangedNodes = ReadonlyMap<string, ChangedNode>
export interface ChangedNode {
  readonly added: boolean
  readonly classes: readonly ChangeClass[]
  /** For people. */
  readonly causes: readonly { readonly name: string }[]
}

export interface Selection {
  /** In the order of the graph. */
  readonly nodes: readonly string[]
  readonly warnings: readonly Diagnostic[]
}

/**
 * @param select words as given; none means everything
 * @param selectors the named selections of the project
 * @param changed what `state:` selects from; without it, `state:` is an error
 * @param onlyTests nothing but tests is wanted: `source:shop` is its tests then, not what reads it
 * @throws Faults `nothing-selected`, `bad-selector` and `unknown-selector`, all of them; `cannot-exclude`
 */
export function selectNodes(
  project: ProjectGraph,
  select: readonly string[],
  exclude: readonly string[],
  selectors: Selectors = new Map(),
  changed?: ChangedNodes,
  onlyTests = false,
): Selection {
  const faults: Diagnostic[] = []
  const resolver = new Resolver(project, selectors, changed, onlyTests)
  const chosen = select.length === 0 ? allButStandardTests(project) : resolver.union(select, faults)
  const excluded = resolver.union(exclude, faults)
  if (faults.length > 0) throw new Faults(faults)
  const brought = withUnitTests(project, withDataTests(project, wholeWithout(project, chosen, excluded)))
  const whole = new Set([...brought].filter(id => !excluded.has(id)))
  if (whole.size === 0)
    fail('nothing-selected', 'the selection leaves nothing to do', {
      hint: 'See what there is with: seshat ls',
    })
  return {
    nodes: project.order.filter(id => whole.has(id)),
    warnings: excludedReaders(project, whole, new Set([...excluded, ...resolver.leftOut])),
  }
}

/** @throws Faults `cannot-exclude` */
function wholeWithout(
  project: ProjectGraph,
  chosen: ReadonlySet<string>,
  excluded: ReadonlySet<string>,
): ReadonlySet<string> {
  const whole = withWholeCommits(project, new Set([...chosen].filter(id => !excluded.has(id))))
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
  return whole
}

/** Words -> nodes, selectors among them. */
class Resolver {
  /** What selectors leave out of themselves. */
  readonly leftOut = new Set<string>()
  readonly #outside: OutsideMethods = {
    selector: method => this.#ofSelectors(method),
    state: method => this.#ofState(method),
  }

  constructor(
    private readonly project: ProjectGraph,
    private readonly selectors: Selectors,
    private readonly changed: ChangedNodes | undefined,
    private readonly onlyTests: boolean,
  ) {}

  union(texts: readonly string[], faults: Diagnostic[]): Set<string> {
    const found = texts
      .flatMap(wordsOf)
      .flatMap(word => [...(collectFaults(faults, () => this.#intersection(word)) ?? [])])
    return new Set(found)
  }

  #intersection(word: string): ReadonlySet<string> {
    const parts = partsOf(word)
    const [first, ...rest] = parts.map(atom => this.#atom(atom))
    const isWanted = asksForStandardTests(this.project, parts)
      ? () => true
      : (id: string) => !isStandardTest(this.project, id)
    const common = new Set([...(first ?? [])].filter(id => rest.every(set => set.has(id)) && isWanted(id)))
    if (common.size === 0) throw new Faults([nothingInCommon(word, parts, (first?.size ?? 0) > 0)])
    return common
  }

  #atom(text: string): ReadonlySet<string> {
    const { project } = this
    const { at, up, down, core } = parseAtom(text)
    const method = methodOf(core)
    if (this.onlyTests && method?.name === 'source' && !at && down === undefined)
      return testsOfSources(project, method)
    const start = namedNodes(project, core, this.#outside)
    const found = new Set(start)
    if (up !== undefined) spread(project, start, 'predecessors', up, found)
    if (down !== undefined || at)
      spread(project, start, 'successors', down ?? Number.POSITIVE_INFINITY, found)
    if (at) {
      // What a test compares its model with is nothing that the model's change has to build again.
      const built = new Set([...found].filter(id => !isTestKind(project.graph.node(id).kind)))
      spread(project, built, 'predecessors', Number.POSITIVE_INFINITY, found)
    }
    return withDataTests(project, found)
  }

  /** A change of comments alone makes no node `modified`. */
  #ofState({ value }: Method): ReadonlySet<string> {
    const [word = '', kind] = value.split('.')
    const known = ['new', 'modified', ...changeClasses.map(name => `modified.${name}`)]
    if (!known.includes(value))
      fail('bad-selector', `'state:${value}' is no way to select`, {
        hint: nearest(value, known).hint ?? `There are ${known.map(name => `state:${name}`).join(' ')}.`,
      })
    if (!this.changed)
      fail('bad-selector', `'state:${value}' needs something to compare with`, {
        hint: 'Add --state with a git ref, the folder of a project, or a target folder.',
      })
    const is = ({ added, classes }: ChangedNode): boolean => {
      if (word === 'new') return added
      return kind === undefined
        ? classes.some(name => name !== 'cosmetic')
        : classes.some(name => name === kind)
    }
    const found = this.project.order.filter(id => {
      const node = this.changed?.get(id)
      return node !== undefined && is(node)
    })
    if (found.length === 0)
      fail('nothing-selected', `'state:${value}' selects nothing: there is no such change`, {
        hint: 'See what there is with: seshat diff --base <the same>',
      })
    return new Set(found)
  }

  #ofSelectors({ value, matches }: Method): ReadonlySet<string> {
    const named = [...this.selectors.values()].filter(({ name }) => matches(name))
    if (named.length === 0) throw new Faults([unknownSelector(value, this.selectors)])
    return new Set(named.flatMap(selector => [...this.#ofSelector(selector)]))
  }

  #ofSelector({ name, select, exclude, at }: Selector): ReadonlySet<string> {
    const faults: Diagnostic[] = []
    const nodes = (texts: Selector['select']): ReadonlySet<string> =>
      new Set(
        texts.flatMap(({ text, at: place }) => {
          const own: Diagnostic[] = []
          const found = this.union([text], own)
          faults.push(...own.map(fault => ({ at: place, ...fault })))
          return [...found]
        }),
      )
    const chosen = nodes(select)
    const excluded = nodes(exclude)
    if (faults.length > 0) throw new Faults(faults)
    placed(at, () => wholeWithout(this.project, chosen, excluded))
    const found = new Set([...chosen].filter(id => !excluded.has(id)))
    if (found.size === 0) fail('nothing-selected', `the selector '${name}' leaves nothing to do`, { at })
    for (const id of excluded) this.leftOut.add(id)
    return found
  }
}

function nothingInCommon(word: string, parts: readonly string[], found: boolean): Diagnostic {
  if (parts.length === 1 && found)
    return error('nothing-selected', `'${word}' selects only unit tests of the standard model`, {
      hint: 'Ask for them by a module too: module:sessions,resource_type:unit_test.',
    })
  return error('nothing-selected', `'${word}' selects nothing: its parts have nothing in common`, {
    hint: 'A comma takes what both sides have; write a space for what either has.',
  })
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
