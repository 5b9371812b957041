// What Postgres says about a statement -> a diagnostic in our codes, with the nearest names of what there is. Where it stands
// in a file is added by whoever knows the statement.

import type { StatementFault } from '../../adapters/statement_fault.js'
import type { DiagnosticCode } from '../diagnostic_codes.js'
import { type Diagnostic, error } from '../diagnostics.js'
import { nearest } from '../nearest.js'
import type { PlacedToken } from '../sql_tokens.js'

/** The names that the database has, to find the nearest among. */
export interface KnownNames {
  readonly columns: readonly string[]
  readonly tables: readonly string[]
  readonly functions: ReadonlySet<string>
  readonly types: readonly string[]
}

export interface ServerFault {
  readonly diagnostic: Diagnostic
  /** Offset and length of what is wrong in the SQL; undefined where the server did not say. */
  readonly position: { readonly offset: number; readonly length: number } | undefined
}

const codes: Readonly<Record<string, DiagnosticCode>> = {
  '42601': 'syntax-error',
  '42703': 'unknown-column',
  '42P01': 'unknown-table',
  '42702': 'ambiguous-column',
  '42P09': 'ambiguous-table',
  '42712': 'ambiguous-table',
  '42804': 'type-mismatch',
  '42846': 'type-mismatch',
  '42P18': 'type-mismatch',
  '22P02': 'type-mismatch',
  '22007': 'type-mismatch',
  '22008': 'type-mismatch',
  '42704': 'unknown-type',
  '42803': 'not-grouped',
  '42701': 'duplicate-column',
  '42P10': 'unknown-column',
}

const dotted = /^(?:"[^"]*"|[\w$]+)(?:\s*\.\s*(?:"[^"]*"|[\w$]+))*/

export function readServerFault(
  fault: StatementFault,
  sql: string,
  known: KnownNames,
  tokens: readonly PlacedToken[],
): ServerFault {
  const [{ message = '', cause = '' } = {}] = fault.diagnostics
  const code = codeOf(fault.sqlstate, message, known)
  const offset = fault.position
  const position = offset === undefined ? undefined : wordsAt(sql, offset, code, message)
  const hints = hintFor(code, message, cause, known, tokens)
  return { diagnostic: error(code, sentence(message), hints), position }
}

function codeOf(sqlstate: string, message: string, known: KnownNames): DiagnosticCode {
  if (sqlstate === '42883') {
    const name = /^function (?:[\w"]+\.)*(\w+)\(/.exec(message)?.[1]
    return name !== undefined && !known.functions.has(name) ? 'unknown-function' : 'type-mismatch'
  }
  if (
    sqlstate === '42601' &&
    /same number of columns|more (expressions|target columns)|columns? (available|specified)/.test(message)
  )
    return 'column-count'
  if (sqlstate === '42P10' && /^column/.test(message)) return 'column-count'
  if (sqlstate === '42704' && !message.startsWith('type ')) return 'statement-failed'
  return codes[sqlstate] ?? 'statement-failed'
}

/** The name that is wrong: of `alias.column` the column, unless it is the alias that is not known. */
function wordsAt(
  sql: string,
  offset: number,
  code: string,
  message: string,
): { offset: number; length: number } {
  const words = dotted.exec(sql.slice(offset))?.[0]
  if (words === undefined) return { offset, length: 1 }
  const isColumn = code === 'unknown-column' || code === 'ambiguous-column' || code === 'not-grouped'
  const last = /(?:"[^"]*"|[\w$]+)$/.exec(words)?.[0] ?? words
  if (isColumn) return { offset: offset + words.length - last.length, length: last.length }
  if (code === 'unknown-table' && !message.startsWith('relation'))
    return { offset, length: /^(?:"[^"]*"|[\w$]+)/.exec(words)?.[0].length ?? 1 }
  return { offset, length: words.length }
}

const sentence = (message: string): string =>
  message.replace(/^missing FROM-clause entry for table "(.*)"$/, 'there is no table or alias "$1" here')

function hintFor(
  code: string,
  message: string,
  cause: string,
  known: KnownNames,
  tokens: readonly PlacedToken[],
): { hint?: string } {
  const quoted = /"([^"]+)"/.exec(message)?.[1] ?? /(?:column|function) ([\w.]+)/.exec(message)?.[1] ?? ''
  const name = quoted.split('.').at(-1) ?? ''
  const own = tokens.filter((_, index) => tokens[index - 1]?.text === 'as').map(({ text }) => text)
  const servers = /^Hint: (Perhaps .*)$/m.exec(cause)?.[1]
  if (code === 'unknown-column')
    return servers ? { hint: servers } : nearest(name, [...known.columns, ...own])
  if (code === 'unknown-table') {
    const near = nearest(quoted.includes('.') ? quoted : name, [
      ...(quoted.includes('.') ? known.tables : own),
    ])
    return near.hint ? near : { hint: 'Models are read with ref, tables of others with source.' }
  }
  if (code === 'unknown-function') return nearest(name, known.functions)
  if (code === 'unknown-type') return nearest(name, [...commonTypes, ...known.types])
  if (code === 'ambiguous-column') return { hint: 'Put the alias of its table before it.' }
  if (code === 'not-grouped') return { hint: 'Name it in group by, or aggregate it.' }
  if (code === 'type-mismatch') return { hint: 'Cast one side, or correct which columns are meant.' }
  return {}
}

const commonTypes = [
  'integer',
  'bigint',
  'varchar',
  'timestamp',
  'date',
  'boolean',
  'double precision',
  'numeric',
  'smallint',
]
