// What the last invocation has left undone -> the nodes that a retry runs. Everything that failed or was skipped, and what
// has to be done again with it, so that nothing is lost: a module's main step is one, and what read it reads it again.

import type { Compiled } from './compile.js'
import { type Diagnostic, warning } from './diagnostics.js'
import type { GraphNode } from './graph.js'
import { givers, type HandedOn, handingOn } from './handed_on.js'
import { historyFaults } from './model_sql.js'
import type { Module } from './module.js'
import { isLeft, lastRun, type RunResults } from './run_results.js'
import { isMain } from './select_names.js'

export interface Undone {
  /** In the order of the plan. */
  readonly nodes: readonly string[]
  /** The rebuild from the events was not swapped in: all of it goes on, from the mark that it has left. */
  readonly resumes: boolean
  readonly warnings: readonly Diagnostic[]
}

/** @param compiled what the arguments of that invocation select now */
export function undoneBy(compiled: Compiled, last: RunResults): Undone {
  const entries = lastRun(last)
  const left = entries.filter(isLeft)
  const swapped = entries.some(({ kind, status }) => kind === 'swap' && status === 'success')
  const resumes = compiled.input.reach.kind === 'replay' && left.length > 0 && !swapped
  if (resumes) return { nodes: compiled.selected, resumes, warnings: [] }
  const selected = new Set(compiled.selected)
  const nodes = left.filter(({ kind }) => kind !== 'swap')
  const closure = new Closure(compiled, last)
  for (const { id } of nodes) if (selected.has(id)) closure.add(id)
  return {
    nodes: compiled.selected.filter(id => closure.nodes.has(id)),
    resumes,
    warnings: nodes.filter(({ id }) => !selected.has(id)).map(({ id }) => gone(compiled, id)),
  }
}

function gone({ graph }: Compiled, id: string): Diagnostic {
  const there = graph.graph.hasNode(id)
  return warning('node-gone', `${id} is left out: it is ${there ? 'no longer selected' : 'gone'}`, {
    hint: there
      ? 'What the last invocation selected, selects it no more.'
      : 'It was part of the last invocation. What has come in its place runs with: seshat run --select <name>',
  })
}

/** Grows by what each node brings along. */
class Closure {
  readonly nodes = new Set<string>()
  readonly #selected: ReadonlySet<string>
  readonly #known: ReadonlySet<string>
  readonly #queue: string[] = []
  readonly #handedOn: HandedOn

  constructor(
    private readonly compiled: Compiled,
    last: RunResults,
  ) {
    this.#selected = new Set(compiled.selected)
    this.#handedOn = handingOn(compiled.input).handedOn
    this.#known = new Set([...last.selected, ...last.results.map(({ id }) => id)])
  }

  add(id: string): void {
    this.#push([id])
    for (let next = this.#queue.pop(); next !== undefined; next = this.#queue.pop()) {
      const node = this.compiled.graph.graph.node(next)
      this.#push(this.#newBefore(next))
      if (node.module && !node.custom && isMain(node))
        for (const module of [node.module, ...this.#givers(node.module)])
          this.#push(this.#mainAndBehind(module))
      if (node.kind === 'model') this.#push(this.#makersOfFleeting(node))
    }
  }

  #push(ids: Iterable<string>): void {
    for (const id of ids) {
      if (this.nodes.has(id) || !this.#selected.has(id)) continue
      this.nodes.add(id)
      this.#queue.push(id)
    }
  }

  /** Nodes that were not there then, and without which this one cannot run now. */
  #newBefore(id: string): readonly string[] {
    return (this.compiled.graph.graph.predecessors(id) ?? []).filter(before => !this.#known.has(before))
  }

  /**
   * Setup notes what complete may remove, so models, commit and whoever reads their tables belong to one such note: what
   * a second note holds and a reader of the first has not seen, complete would take away from it.
   */
  #mainAndBehind(module: Module): ReadonlySet<string> {
    const { graph, order } = this.compiled.graph
    const found = new Set(
      order.filter(id => {
        const node = graph.node(id)
        return node.module === module && !node.custom && isMain(node)
      }),
    )
    // A set goes on to what is added to it meanwhile.
    for (const id of found) for (const behind of graph.successors(id) ?? []) found.add(behind)
    return found
  }

  /** The modules that had handed rows on to one that failed: it finds them nowhere else. */
  #givers({ name }: Module): readonly Module[] {
    const { graph } = this.compiled
    const life = graph.lives.get(name)
    return life ? givers(graph, this.#handedOn, life).map(({ module }) => module) : []
  }

  /** In a rebuild, what makes the tables of one run that no production table stands for. */
  #makersOfFleeting({ table }: GraphNode): readonly string[] {
    const { input, graph } = this.compiled
    if (!table?.model || historyFaults({ ...input, selected: this.nodes }, table.model).length === 0)
      return []
    return table.model.refs.flatMap(({ name }) => graph.catalog.tables.get(name)?.model?.name ?? [])
  }
}
