// Compiled project, lineage, last run -> what the pages say: one entry per node, source and table of others, as data.

import { renderStep } from '../artifacts.js'
import { metadataTable, type Table } from '../catalog.js'
import type { CompiledPlan } from '../compile.js'
import type { Lineage } from '../lineage.js'
import { selectOf } from '../model_sql.js'
import {
  keptBox,
  keptNode,
  type Picture,
  type PictureNode,
  pictureOf,
  readsOf,
  seedsBox,
  sourceNode,
  sourcesBox,
} from '../picture/picture.js'
import { sqlName } from '../relation.js'
import type { RunResults, StepEntry } from '../run_results.js'
import { seedProperties } from '../seed_properties.js'
import { sourceDescription } from '../sources.js'
import { columnsOf, keptTables, type SiteColumn, sourceNames } from './columns.js'

export interface SiteInput {
  /** All of the project, tests too; by the name of its adapter. */
  readonly compiled: ReadonlyMap<string, CompiledPlan>
  /** Undefined where nothing was typed. */
  readonly lineage: Lineage | undefined
  readonly lastRun: RunResults | undefined
  /** Gives what was drawn of the same picture before, else draws it. */
  readonly drawn?: (picture: Picture, draw: () => string) => string
}

export interface SiteEntry extends PictureNode {
  readonly description: string | undefined
  readonly facts: readonly (readonly [name: string, value: string])[]
  readonly columns: readonly SiteColumn[]
  /** Of the select: as written, with the file's name. */
  readonly template: { readonly file: string; readonly text: string } | undefined
  readonly sql: readonly { readonly adapter: string; readonly text: string; readonly escapes: boolean }[]
  readonly reads: readonly string[]
  readonly readBy: readonly string[]
  readonly before: readonly string[]
  readonly after: readonly string[]
  readonly tests: readonly string[]
  /** Of its select. They have no pages of their own. */
  readonly unitTests: readonly SiteUnitTest[]
  /** Of its step in the last run. */
  readonly result: StepEntry | undefined
  /** Rows that the last run wrote to its table. */
  readonly written: number | undefined
}

interface SiteUnitTest {
  readonly id: string
  readonly description: string | undefined
  readonly result: StepEntry | undefined
}

export interface SiteModel {
  readonly project: string
  readonly version: string
  readonly first: CompiledPlan
  /** In the order in which they run; what the project does not make last. */
  readonly entries: readonly SiteEntry[]
  /** What each box is for, where it is a module. */
  readonly modules: ReadonlyMap<string, string>
  readonly lineage: Lineage | undefined
  readonly lastRun: RunResults | undefined
}

export function siteModel({ compiled, lineage, lastRun }: SiteInput): SiteModel {
  const [first] = compiled.values()
  if (!first) throw new Error('a site needs one adapter at least')
  const { project, graph } = first
  const picture = pictureOf(first, graph.order)
  const links = linksOf(picture.edges, id => first.graph.graph.node(id)?.kind === 'test')
  const columns = columnsOf(first, lineage)
  const steps = stepTexts(compiled)
  const results = new Map((lastRun?.results ?? []).map(result => [result.id, result]))
  const nodes = [
    ...picture.nodes,
    ...metadataNode(first, picture.nodes),
    ...unreadSources(first, picture.nodes),
  ]
  const last = [seedsBox, sourcesBox, keptBox]
  const entries = [
    ...nodes.filter(({ box }) => !last.includes(box)),
    ...last.flatMap(name => nodes.filter(({ box }) => box === name)),
  ].map((node): SiteEntry => {
    const table = graph.catalog.tables.get(node.id)
    const file = project.models.find(({ path }) => path === table?.model?.file)
    return {
      ...node,
      description: descriptionOf(first, node, table),
      facts: factsOf(first, node, table),
      columns: columns.get(node.id) ?? [],
      template: file && { file: file.path.replace(/^seshat:/, 'seshat-sql/'), text: file.text },
      sql: steps(node.id, table),
      // A source is no table of the catalog, but a seed may fill it.
      reads: table ? readsOf(first, table).filter(id => id !== node.id) : (links.reads.get(node.id) ?? []),
      readBy: links.readBy.get(node.id) ?? [],
      before: links.before.get(node.id) ?? [],
      after: links.after.get(node.id) ?? [],
      tests: links.tests.get(node.id) ?? [],
      unitTests: unitTestsOf(first, node.id, results),
      result: results.get(node.id),
      written: lastRun?.results.findLast(({ written }) => Object.hasOwn(written, node.id))?.written[node.id],
    }
  })
  const known = new Set(entries.map(({ id }) => id))
  return {
    project: project.settings.name,
    version: `${project.model.name} ${project.model.version}`,
    first,
    entries: entries.map(entry => ({ ...entry, reads: entry.reads.filter(id => known.has(id)) })),
    modules: new Map([...project.modules].map(([name, { definition }]) => [name, definition.description])),
    lineage,
    lastRun,
  }
}

function unitTestsOf(
  { graph: { graph } }: CompiledPlan,
  id: string,
  results: ReadonlyMap<string, StepEntry>,
): readonly SiteUnitTest[] {
  const before = graph.hasNode(id) ? (graph.predecessors(id) ?? []) : []
  return before.sort().flatMap(test => {
    const { unitTest } = graph.node(test)
    return unitTest
      ? [{ id: test, description: unitTest.definition.description, result: results.get(test) }]
      : []
  })
}

/** What is declared has a page before anybody reads it. */
const unreadSources = (compiled: CompiledPlan, nodes: readonly PictureNode[]): readonly PictureNode[] =>
  sourceNames(compiled)
    .filter(name => !nodes.some(({ id }) => id === name))
    .map(sourceNode)

/** The metadata of all runs has a page even where no law reads it. */
function metadataNode({ graph }: CompiledPlan, nodes: readonly PictureNode[]): readonly PictureNode[] {
  if (graph.lives.size === 0 || nodes.some(({ id }) => id === metadataTable)) return []
  return [keptNode(metadataTable)]
}

type Ids = ReadonlyMap<string, readonly string[]>

function linksOf(
  edges: ReturnType<typeof pictureOf>['edges'],
  isTest: (id: string) => boolean,
): Readonly<Record<'reads' | 'readBy' | 'tests' | 'before' | 'after', Ids>> {
  const [reads, readBy, tests, before, after] = [0, 1, 2, 3, 4].map(() => new Map<string, string[]>())
  const add = (map: Map<string, string[]> | undefined, key: string, value: string): void => {
    map?.set(key, [...(map.get(key) ?? []), value])
  }
  for (const { from, to, kind } of edges) {
    if (kind === 'data') {
      add(isTest(to) ? tests : readBy, from, to)
      add(reads, to, from)
    } else {
      add(after, to, from)
      if (!isTest(to)) add(before, from, to)
    }
  }
  const none = new Map<string, string[]>()
  return {
    reads: reads ?? none,
    readBy: readBy ?? none,
    tests: tests ?? none,
    before: before ?? none,
    after: after ?? none,
  }
}

/** What each adapter runs for a node; of a model without a step of its own its select. */
function stepTexts(compiled: SiteInput['compiled']) {
  const all = [...compiled].map(([adapter, { plan, input }]) => ({
    adapter,
    input,
    escapes: input.dialect.backslashEscapes,
    texts: new Map(plan.steps.map(step => [step.id, renderStep(step)])),
  }))
  return (id: string, table: Table | undefined): SiteEntry['sql'] =>
    all.flatMap(({ adapter, input, escapes, texts }) => {
      const text = texts.get(id) ?? (table?.model && `${selectOf(input, table.model)}\n`)
      return text === undefined ? [] : [{ adapter, text, escapes }]
    })
}

function descriptionOf({ project }: CompiledPlan, { id, kind, box }: PictureNode, table: Table | undefined) {
  if (kind === 'source') {
    const [name = '', ...rest] = id.split('.')
    return sourceDescription(project, name, rest.join('.'))
  }
  if (table?.seed)
    return seedProperties(project, id)?.description ?? table.module?.definition.tables[id]?.description
  if (table?.model) return table.model.description
  const kept = keptTables.get(id)
  if (kept) return kept.description
  if (kind === 'step' || kind === 'complete') return lifeWords[id.slice(box.length + 1)]
  return table?.module?.definition.tables[id]?.description
}

const lifeWords: Readonly<Record<string, string>> = {
  setup: 'The first step of the module: creates what is missing and begins its part of the run.',
  commit: 'Writes all tables of the module that last in one transaction, and its row of metadata.',
  complete:
    'The last step of the module: removes from its input what was read, writes the manifests, and drops what was only needed for this run. It waits for every reader.',
}

function factsOf({ graph }: CompiledPlan, node: PictureNode, table: Table | undefined): SiteEntry['facts'] {
  const source = graph.catalog.sources.get(node.id)
  const config = table?.config ?? {}
  const list = (values: readonly string[] | undefined): string => (values ?? []).join(', ')
  const relation = table && table.kind !== 'ephemeral' && table.kind !== 'test' ? sqlName(table.relation) : ''
  const facts: readonly (readonly [string, string])[] = [
    ['Table', source ? sqlName(source) : relation],
    ['Written', table && !table.written && table.kind !== 'external' ? 'no: switched off by a variable' : ''],
    ['Key', list(config.unique_key)],
    ['Replaced by', config.replace_by ?? ''],
    ['Time', config.time_key ?? ''],
    ['Tags', list(config.tags)],
    ['File', (table?.model?.file ?? table?.seed?.path ?? '').replace(/^seshat:/, 'seshat-sql/')],
    ...Object.entries(config.meta ?? {}).map(
      ([key, value]) => [`meta.${key}`, typeof value === 'string' ? value : JSON.stringify(value)] as const,
    ),
  ]
  return facts.filter(([, value]) => value !== '')
}
