// Statements of the other dialects -> what their grammar refuses. The parser is an optional package; where it gets a dialect
// wrong, false_alarms.ts says how and why.

import { type Diagnostic, error } from '../diagnostics.js'
import type { ParsedModel } from '../parse.js'
import { tokensOf } from '../sql_tokens.js'
import { findComma } from './commas.js'
import { falseAlarms } from './false_alarms.js'
import type { StatementPlaces } from './statement_places.js'
import type { CompiledPlan, Pick } from './traces.js'

/** What the parser says of a statement of a dialect; no complaint where it has none. */
export type GrammarParser = (sql: string, dialect: string) => readonly Complaint[]
interface Complaint {
  readonly message: string
  /** Offset and length in the SQL, where the parser gives them. */
  readonly position: { readonly offset: number; readonly length: number } | undefined
}

/** @returns undefined where the package is not installed */
export async function loadGrammar(): Promise<GrammarParser | undefined> {
  const loaded = await import('@polyglot-sql/sdk').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw cause
  })
  if (!loaded) return undefined
  const names: Readonly<Record<string, (typeof loaded.Dialect)[keyof typeof loaded.Dialect]>> = {
    redshift: loaded.Dialect.Redshift,
    snowflake: loaded.Dialect.Snowflake,
  }
  return (sql, dialect) => {
    const known = names[dialect]
    if (known === undefined) return []
    const mine = falseAlarms.filter(alarm => alarm.dialect === dialect)
    const text = mine.reduce((changed, { find, put }) => changed.replaceAll(find, put), sql)
    return loaded.validate(text, known).errors.map(({ message, line, column }) => ({
      message,
      // A text that was changed has other places.
      position: text === sql ? placeOf(sql, line, column) : undefined,
    }))
  }
}

function placeOf(sql: string, line?: number, column?: number): Complaint['position'] {
  if (line === undefined || line < 1) return undefined
  const lines = sql.split('\n')
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0)
  const offset = start + Math.max(0, (column ?? 1) - 1)
  return { offset, length: /^\w+/.exec(sql.slice(offset))?.[0].length ?? 1 }
}

/** @param nodes ids of what is checked */
export async function checkGrammar(
  compiled: CompiledPlan,
  nodes: ReadonlySet<string>,
  parser: GrammarParser,
  places: StatementPlaces,
): Promise<readonly Diagnostic[]> {
  const dialect = compiled.input.dialect.name
  const found: Diagnostic[] = []
  const seen = new Set<string>()
  const parse = async (sql: string, pick: Pick, model: ParsedModel | undefined): Promise<void> => {
    if (seen.has(sql)) return
    seen.add(sql)
    const [complaint] = parser(sql, dialect)
    if (!complaint) return
    const { position } = complaint
    const parses = async (text: string): Promise<boolean> => parser(text, dialect).length === 0
    const comma = position && (await findComma(sql, position.offset, tokensOf(sql, true), parses))
    const message = `${dialect}: ${comma?.message ?? complaint.message}`
    const details = comma ? { hint: comma.hint, cause: complaint.message } : {}
    found.push(places.placed(error('syntax-error', message, details), sql, comma ?? position, pick, model))
  }
  for (const step of compiled.plan.steps) {
    if (!nodes.has(step.id)) continue
    const model = compiled.models.find(({ name }) => name === step.id)
    for (const [b, batch] of step.batches.entries())
      for (const [s, { sql, writes }] of batch.statements.entries()) {
        const pick: Pick = ({ plan }) =>
          plan.steps.find(({ id }) => id === step.id)?.batches[b]?.statements[s]?.sql
        await parse(sql, pick, compiled.models.find(({ name }) => name === writes) ?? model)
      }
  }
  return found
}
