// Project -> everything that is wrong with its statements: types and names on an empty Postgres, grammar for the others.

import { postgresDialect } from '../../adapters/postgres/dialect.js'
import { compileGraph } from '../compile.js'
import type { Diagnostic } from '../diagnostics.js'
import type { Project } from '../project.js'
import { openEmpty } from './database.js'
import { planToCheck, Traces } from './traces.js'
import { typePlan } from './typing.js'

export interface CheckOptions {
  readonly select: readonly string[]
  readonly exclude: readonly string[]
  readonly adapters: readonly string[] | undefined
}

export interface Checked {
  readonly diagnostics: readonly Diagnostic[]
  readonly notes: readonly string[]
  readonly checked: readonly string[]
}

/** @throws Faults of compiling */
export async function checkProject(project: Project, { select, exclude }: CheckOptions): Promise<Checked> {
  const opening = openEmpty(project.directory)
  opening.catch(() => undefined) // told below, after the faults of compiling
  const options = {
    dialect: postgresDialect,
    target: 'check',
    select: [],
    exclude: [],
    fullRefresh: false,
    tests: true,
  }
  try {
    const graph = compileGraph(project, options)
    const compiled = planToCheck(graph)
    const chosen = compileGraph(project, { ...options, select, exclude, tests: true })
    const nodes = withAncestors(compiled.graph.graph, chosen.selected)
    const typed = await typePlan(compiled, nodes, new Traces(project, options), await opening)
    return {
      diagnostics: typed.diagnostics,
      notes: typed.unchecked.map(({ model, why }) => `${model} was not checked: ${why}`),
      checked: typed.checked,
    }
  } finally {
    await opening.then(database => database.close()).catch(() => undefined)
  }
}

function withAncestors(
  graph: { predecessors(id: string): string[] | undefined },
  ids: readonly string[],
): ReadonlySet<string> {
  const found = new Set<string>()
  const queue = [...ids]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (found.has(next)) continue
    found.add(next)
    queue.push(...(graph.predecessors(next) ?? []))
  }
  return found
}
