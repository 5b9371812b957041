// Catalog -> Graph: one graphlib graph of everything that a run can do. Its nodes are seeds, models and each module's
// setup, commit and complete; its edges say what has to come first. The life cycle is nothing but these edges.

import { Graph } from '@dagrejs/graphlib'
import { type Catalog, isScratchView, metadataTable, stagedOf, type Table } from './catalog.js'
import { describeCycles } from './cycles.js'
import { addTests, sourceReaders, type TestNode } from './data_tests/test_nodes.js'
import { type Diagnostic, Faults, type Place } from './diagnostics.js'
import { configFaults, referenceFaults } from './graph_checks.js'
import type { Module } from './module.js'
import { type ModuleLife, moduleLife } from './module_life.js'
import { moduleFinder, rankModules } from './module_ranks.js'
import type { ParsedModel } from './parse.js'
import type { Project } from './project.js'
import { sqlName } from './relation.js'
import { topologicalOrder } from './topological_order.js'
import { addUnitTests, type UnitTest } from './unit_tests/unit_test.js'

export interface GraphNode {
  /** As in selections: a model's or seed's name, `sessions.setup`, `sessions.commit`, `sessions.complete`. */
  readonly id: string
  readonly kind: 'seed' | 'model' | 'setup' | 'commit' | 'complete' | 'test' | 'unit_test'
  /** The module whose life cycle it is part of: its own, or the latest that a custom model reads. */
  readonly module: Module | undefined
  /** A model of the project that joins a module from outside. */
  readonly custom: boolean
  readonly table: Table | undefined
  readonly unitTest?: UnitTest
}

/** What a node names of other models. */
export const namesReadBy = ({ table }: GraphNode): readonly string[] => [
  ...(table?.model?.refs ?? []).map(({ name }) => name),
  ...(table?.config.replaces ? [table.config.replaces] : []),
]

/** What an edge stands for: a `ref` with its place, or a step of the life cycle. */
interface GraphEdge {
  readonly at: Place | undefined
}

/** Of data and of models: what no run needs. */
export const isTestKind = (kind: string): boolean => kind === 'test' || kind === 'unit_test'

export type ProjectDag = Graph<Record<string, never>, GraphNode, GraphEdge>

export interface ProjectGraph {
  readonly graph: ProjectDag
  readonly lives: ReadonlyMap<string, ModuleLife>
  /** Those that are switched off or have no models as well. */
  readonly modules: ReadonlyMap<string, Module>
  readonly catalog: Catalog
  /** Node ids with every node behind all that it depends on; module by module where the edges leave it open. */
  readonly order: readonly string[]
}

export const lifeNode = (module: string, step: 'setup' | 'commit' | 'complete'): string => `${module}.${step}`

/** @throws Faults: unknown and unwritten refs, views over scratch tables, cycles with their path, stray unit tests */
export function buildGraph(
  project: Project,
  models: readonly ParsedModel[],
  catalog: Catalog,
  unitTests: readonly UnitTest[] = [],
): ProjectGraph {
  const faults: Diagnostic[] = [
    ...referenceFaults(project, models, catalog),
    ...configFaults(project, catalog),
  ]
  if (faults.length > 0) throw new Faults(faults)
  const builder = new GraphBuilder(project, models, catalog)
  const { graph, lives } = builder.build()
  const stray = addUnitTests(project, graph, unitTests)
  if (stray.length > 0) throw new Faults(stray)
  const order = topologicalOrder(graph, id => builder.rank(id))
  if (order.length < graph.nodeCount()) throw new Faults(describeCycles(graph))
  const withTests = addTests(graph, order, builder.tests(lives))
  return { graph, lives, modules: project.modules, catalog, order: withTests }
}

class GraphBuilder {
  private readonly graph: ProjectDag = new Graph({ directed: true })
  private readonly moduleOf: (model: ParsedModel) => Module | undefined
  private readonly ranks: ReadonlyMap<string, number>
  /** Seeds by the relation that each fills. */
  private readonly seeds: ReadonlyMap<string, Table>
  /** Models but tests, by the names that they ref. */
  private readonly readersOf = new Map<string, ParsedModel[]>()

  constructor(
    project: Project,
    private readonly models: readonly ParsedModel[],
    private readonly catalog: Catalog,
  ) {
    this.ranks = rankModules(project, models, catalog)
    this.moduleOf = moduleFinder(project, catalog, this.ranks)
    const seeds = [...catalog.tables.values()].filter(table => table.seed)
    this.seeds = new Map(seeds.reverse().map(table => [sqlName(table.relation), table]))
    for (const model of models) {
      if (model.test) continue
      for (const { name } of model.refs) {
        const readers = this.readersOf.get(name)
        if (readers) readers.push(model)
        else this.readersOf.set(name, [model])
      }
    }
  }

  build(): { graph: ProjectDag; lives: ReadonlyMap<string, ModuleLife> } {
    const lives = new Map<string, ModuleLife>()
    const modules = new Set(
      this.models
        .filter(model => !model.test)
        .map(model => model.module)
        .filter(module => module !== undefined),
    )
    for (const table of this.catalog.tables.values()) this.addTableNode(table)
    for (const module of modules) lives.set(module.name, this.addModule(module))
    for (const model of this.models) if (!model.test) this.addReferences(model)
    for (const life of lives.values()) this.addLife(life)
    return { graph: this.graph, lives }
  }

  /** The tests that there are, and what each waits for; of tables that this project leaves unwritten they say nothing. */
  tests(lives: ReadonlyMap<string, ModuleLife>): readonly TestNode[] {
    return [...this.catalog.tables.values()].flatMap(table => {
      const { model, name } = table
      if (table.kind !== 'test' || !model || !model.refs.every(ref => this.isThere(ref.name))) return []
      const module = this.moduleOf(model)
      const node = { id: name, kind: 'test', module, custom: table.module === undefined, table } as const
      const behind = this.waitsFor(model)
      const isFilled = (source: string, of: string): boolean => this.seedOf(source, of) !== undefined
      const readers = sourceReaders(model, this.models, behind.length === 0, isFilled)
      return [{ node, behind, readers, before: this.endsOf(model, lives) }]
    })
  }

  private isThere(name: string): boolean {
    const table = this.catalog.tables.get(name)
    return table === undefined || table.written || table.kind === 'external'
  }

  private waitsFor(model: ParsedModel): TestNode['behind'] {
    const afterComplete = model.test?.config.after === 'complete'
    const ofRefs = model.refs.flatMap(({ name, at }) => {
      const table = this.catalog.tables.get(name)
      const module = table && (table.module ?? (table.model && this.moduleOf(table.model)))
      const ids = [
        ...(table ? this.makers(table) : []),
        ...(afterComplete && module ? [lifeNode(module.name, 'complete')] : []),
      ]
      return ids.map(id => ({ id, at }))
    })
    const ofSources = model.sources.flatMap(({ name, table, at }) => {
      const seed = this.seedOf(name, table)
      return seed ? [{ id: seed, at }] : []
    })
    return [...ofRefs, ...ofSources].filter(({ id }) => this.graph.hasNode(id))
  }

  /** The complete steps that empty or drop a table which the model reads. */
  private endsOf(model: ParsedModel, lives: ReadonlyMap<string, ModuleLife>): readonly string[] {
    const read = new Set(model.refs.map(({ name }) => this.catalog.tables.get(name)))
    return [...lives.values()]
      .filter(({ inputs, scratch }) => [...inputs, ...scratch].some(table => read.has(table)))
      .map(({ module }) => lifeNode(module.name, 'complete'))
  }

  /** The nodes that write a table; to the metadata every module adds its row. */
  private makers(table: Table): readonly string[] {
    if (table.name === metadataTable) return [...this.ranks.keys()].map(module => lifeNode(module, 'commit'))
    const producer = this.producer(table)
    return producer === undefined ? [] : [producer]
  }

  private seedOf(source: string, table: string): string | undefined {
    const relation = this.catalog.sources.get(`${source}.${table}`)
    return relation && this.seeds.get(sqlName(relation))?.name
  }

  /** Orders nodes that the edges leave open: by module, then by name. */
  rank(id: string): readonly [number, string] {
    const node = this.graph.node(id)
    // They wait for nothing: before all others they do not change the order of those.
    if (node.kind === 'unit_test') return [-2, id]
    const module = node.module
      ? (this.ranks.get(node.module.name) ?? 0)
      : node.kind === 'seed'
        ? -1
        : this.ranks.size
    return [module, id]
  }

  private addTableNode(table: Table): void {
    if (table.seed) {
      this.graph.setNode(table.name, {
        id: table.name,
        kind: 'seed',
        module: undefined,
        custom: false,
        table,
      })
    } else if (table.model && table.kind !== 'replaced' && table.kind !== 'test') {
      const custom = table.module === undefined
      const module = this.moduleOf(table.model)
      this.graph.setNode(table.name, { id: table.name, kind: 'model', module, custom, table })
    }
  }

  private addModule(module: Module): ModuleLife {
    for (const kind of ['setup', 'commit', 'complete'] as const) {
      const id = lifeNode(module.name, kind)
      this.graph.setNode(id, { id, kind, module, custom: false, table: undefined })
    }
    const custom = this.models.filter(
      model => !model.module && !model.test && this.moduleOf(model) === module,
    )
    return moduleLife(module, this.catalog, custom)
  }

  private edge(from: string, to: string, at?: Place): void {
    if (at || (from !== to && !this.graph.hasEdge(from, to))) this.graph.setEdge(from, to, { at })
  }

  /** The node after which `table` may be read. */
  private producer(table: Table): string | undefined {
    if (table.seed) return table.name
    if (table.kind === 'removed') return this.producer(stagedOf(this.catalog, table))
    if (!table.model) return undefined
    if (table.kind === 'replaced') return table.model.name
    if (table.module && (table.kind === 'incremental' || table.kind === 'staged'))
      return lifeNode(table.module.name, 'commit')
    if (table.module && table.kind === 'manifest') return lifeNode(table.module.name, 'complete')
    return table.name
  }

  /** The nodes at which a model's select runs: its own, and for a module's tables the step that writes them. */
  private readingNodes(table: Table): readonly string[] {
    if (!table.module) return [table.name]
    if (table.kind === 'incremental' || table.kind === 'staged')
      return [table.name, lifeNode(table.module.name, 'commit')]
    if (table.kind === 'manifest') return [table.name, lifeNode(table.module.name, 'complete')]
    return [table.name]
  }

  private addReferences(model: ParsedModel): void {
    for (const { name, at } of model.refs) {
      const table = this.catalog.tables.get(name)
      const producer = table && this.producer(table)
      if (producer) this.edge(producer, model.name, at)
    }
    for (const { name, table, at } of model.sources) {
      const seed = this.seedOf(name, table)
      if (seed) this.edge(seed, model.name, at)
    }
  }

  private addLife(life: ModuleLife): void {
    const { name } = life.module
    const [setup, commit, complete] = [
      lifeNode(name, 'setup'),
      lifeNode(name, 'commit'),
      lifeNode(name, 'complete'),
    ]
    this.edge(setup, commit)
    this.edge(commit, complete)
    for (const input of life.inputs) {
      const producer = this.producer(input)
      if (producer) this.edge(producer, setup)
    }
    for (const model of this.models) {
      if (model.module !== life.module || model.test) continue
      this.edge(setup, model.name)
      this.edge(model.name, complete)
    }
    for (const table of [...life.committed, ...life.manifests]) this.edge(table.name, commit)
    const { metadata, reports, work } = life.module.definition
    const atRest = typeof work === 'object' ? [work.rows, work.progress, work.left_out] : []
    for (const told of [
      metadata?.rows,
      metadata?.duplicates,
      reports.progress,
      reports.left_out,
      ...atRest,
    ]) {
      const table = told === undefined ? undefined : this.catalog.tables.get(told)
      const producer = table && this.producer(table)
      if (producer) this.edge(producer, commit)
    }
    for (const model of life.custom) {
      this.edge(commit, model.name)
      this.edge(model.name, complete)
    }
    for (const table of [...life.inputs, ...life.scratch]) {
      for (const reader of this.readers(table)) {
        for (const node of this.readingNodes(reader)) this.edge(node, complete, undefined)
      }
    }
  }

  /** Everything whose select reads `table`, through ephemeral models and views of modules too. */
  private readers(table: Table): readonly Table[] {
    const found = new Set([table])
    for (const read of found) {
      if (read !== table && read.kind !== 'ephemeral' && !isScratchView(read)) continue
      for (const { name } of this.readersOf.get(read.name) ?? []) {
        const reader = this.catalog.tables.get(name)
        if (reader) found.add(reader)
      }
    }
    return [...found].filter(reader => reader !== table && reader.kind !== 'ephemeral')
  }
}
