// Project -> everything that is wrong with its statements: names and types on an empty Postgres, grammar for the dialects that
// no database is at hand for.

import type { Dialect } from '../../adapters/dialect.js'
import type { Driver } from '../../adapters/driver.js'
import { connectMemory } from '../../adapters/embedded/driver.js'
import { postgresDialect } from '../../adapters/postgres/dialect.js'
import { compileGraph } from '../compile.js'
import type { Diagnostic } from '../diagnostics.js'
import type { Lineage } from '../lineage.js'
import type { Project } from '../project.js'
import { checkGrammar, loadGrammar } from './grammar.js'
import { StatementPlaces } from './statement_places.js'
import { type CompiledPlan, planToCheck, Traces } from './traces.js'
import { typePlan } from './typing.js'

export interface CheckOptions {
  readonly select: readonly string[]
  readonly exclude: readonly string[]
  /** Each once; that of Postgres is typed, of the others the grammar is checked. */
  readonly dialects: readonly Dialect[]
}

export interface Checked {
  readonly diagnostics: readonly Diagnostic[]
  /** What was not checked, and why, in words. */
  readonly notes: readonly string[]
  /** The models that were typed. */
  readonly typed: readonly string[]
  /** The dialects whose grammar was checked. */
  readonly parsed: readonly string[]
  /** Undefined where nothing was typed. */
  readonly lineage: Lineage | undefined
}

const nothing: Checked = { diagnostics: [], notes: [], typed: [], parsed: [], lineage: undefined }

/**
 * @param open gives an empty database, which is closed at the end
 * @throws Faults of compiling
 */
export async function checkProject(
  project: Project,
  options: CheckOptions,
  open: () => Promise<Driver> = connectMemory,
): Promise<Checked> {
  const isTyped = options.dialects.includes(postgresDialect)
  const others = options.dialects.filter(dialect => dialect !== postgresDialect)
  // The database works in a thread of its own meanwhile.
  const [typed, grammar] = await Promise.all([
    isTyped ? typeOnPostgres(project, options, open) : nothing,
    others.length > 0 ? parseOthers(project, options, others) : nothing,
  ])
  const isSyntax = ({ code, at }: Diagnostic): boolean => code === 'syntax-error' && at !== undefined
  const broken = new Set(typed.diagnostics.filter(isSyntax).map(({ at }) => at?.file))
  return {
    ...typed,
    diagnostics: [
      ...typed.diagnostics,
      // One fault, one diagnostic: Postgres says it best.
      ...grammar.diagnostics.filter(found => !isSyntax(found) || !broken.has(found.at?.file)),
    ],
    notes: [...typed.notes, ...grammar.notes],
    parsed: grammar.parsed,
  }
}

async function typeOnPostgres(
  project: Project,
  options: CheckOptions,
  open: () => Promise<Driver>,
): Promise<Checked> {
  const opening = open()
  opening.catch(() => undefined) // told where it is awaited, behind the faults of compiling
  try {
    const { compiled, nodes, traces } = compileFor(project, options, postgresDialect)
    const typed = await typePlan(compiled, nodes, traces, await opening)
    return {
      diagnostics: typed.diagnostics,
      notes: typed.unchecked.map(({ model, why }) => `${model} was not checked: ${why}`),
      typed: typed.checked,
      parsed: [],
      lineage: typed.lineage,
    }
  } finally {
    await opening.then(database => database.close()).catch(() => undefined)
  }
}

async function parseOthers(
  project: Project,
  options: CheckOptions,
  dialects: readonly Dialect[],
): Promise<Checked> {
  const parser = await loadGrammar()
  const names = dialects.map(({ name }) => name)
  if (!parser) {
    const note = `the grammar of ${names.join(' and ')} was not checked: that takes npm install @polyglot-sql/sdk`
    return { ...nothing, notes: [note] }
  }
  const found = new Map<string, Diagnostic>()
  for (const dialect of dialects) {
    const { compiled, nodes, traces } = compileFor(project, options, dialect)
    const places = new StatementPlaces(compiled, traces)
    for (const diagnostic of await checkGrammar(compiled, nodes, parser, places)) {
      const key = diagnostic.at ? `${diagnostic.at.file}:${diagnostic.at.line}` : diagnostic.message
      if (!found.has(key)) found.set(key, diagnostic)
    }
  }
  return { ...nothing, diagnostics: [...found.values()], parsed: names }
}

function compileFor(project: Project, { select, exclude }: CheckOptions, dialect: Dialect) {
  const options = {
    dialect,
    target: 'check',
    select: [],
    exclude: [],
    fullRefresh: false,
    tests: 'data' as const,
  }
  const compiled: CompiledPlan = planToCheck(compileGraph(project, options))
  const isPart = select.length > 0 || exclude.length > 0
  const chosen = isPart ? compileGraph(project, { ...options, select, exclude }).selected : compiled.selected
  return { compiled, nodes: withAncestors(compiled, chosen), traces: new Traces(project, options) }
}

function withAncestors(compiled: CompiledPlan, ids: readonly string[]): ReadonlySet<string> {
  const { graph } = compiled.graph
  const found = new Set<string>()
  const queue = [...ids]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (found.has(next)) continue
    found.add(next)
    queue.push(...(graph.predecessors(next) ?? []))
  }
  return found
}
