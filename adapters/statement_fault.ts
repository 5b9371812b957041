// What the server said about a statement, as a fault that still knows the statement: the runner draws a code
// frame from `sql` and `position`, scripts match on `sqlstate`. Shared by every driver that speaks Postgres.

import type { DiagnosticCode } from '../compiler/diagnostic_codes.js'
import { type Diagnostic, error, Faults } from '../compiler/diagnostics.js'
import { missingPrivilegeHint } from './postgres/missing_privilege.js'

/** A fault of one statement. Exit code 1: the project is well-formed, the database refused. */
export class StatementFault extends Faults {
  /**
   * @param position offset in `sql`, 0-based, in UTF-16 units (as `sql.slice` counts); absent where the server gives none
   * @param sqlstate the five characters of the SQL standard
   */
  constructor(
    diagnostic: Diagnostic,
    readonly sql: string,
    readonly sqlstate: string,
    readonly position?: number | undefined,
  ) {
    super([diagnostic], 1)
    this.name = 'StatementFault'
  }
}

/** An ErrorResponse of the Postgres protocol, as both `pg` and PGlite read it. */
export interface ServerError {
  readonly message: string
  /** SQLSTATE. */
  readonly code: string
  readonly detail?: string | undefined
  readonly hint?: string | undefined
  readonly where?: string | undefined
  /** Counted in characters from 1. */
  readonly position?: string | undefined
}

/**
 * The fault for a server's error. Never throws.
 * @param cancelled whether this driver had asked the server to stop the statement
 * @param who the user or role of the session, where there can be others
 */
export function statementFault(server: ServerError, sql: string, cancelled: boolean, who?: string): Faults {
  if (endsTheSession(server.code)) return connectionLost(causeOf(server), mayPass(server.code))
  const { code, message, hint } = classify(server, sql, cancelled, who)
  const details = { cause: causeOf(server), ...(hint === undefined ? {} : { hint }) }
  return new StatementFault(error(code, message, details), sql, server.code, offset(sql, server.position))
}

/** The fault for a statement that this driver stopped without an answer of the server. */
export const statementCancelled = (sql: string): StatementFault =>
  new StatementFault(error('statement-cancelled', 'The statement was cancelled.'), sql, '57014')

/**
 * The fault for a session that is gone, and with it its locks and its open transaction.
 * @param mayPass whether another session may well be had
 */
export const connectionLost = (
  cause: string,
  mayPass: boolean,
  message = 'The connection to the database was lost.',
): Faults =>
  new Faults(
    [
      error('connection-lost', message, {
        cause,
        hint: 'Start the command again; what had not been committed is rolled back.',
        mayPass,
      }),
    ],
    1,
  )

export const isConnectionLost = (reason: unknown): reason is Faults =>
  reason instanceof Faults && reason.diagnostics[0]?.code === 'connection-lost'

/** Whether a transaction only lost against another one: done again from its beginning, it may well succeed. */
export const isWriteConflict = (reason: unknown): reason is Faults =>
  reason instanceof Faults && reason.diagnostics[0]?.code === 'write-conflict'

/** What a write conflict asks of the person who still sees one. */
export const conflictHint = 'Start the command again when whoever else writes to these tables is done.'

/** Redshift has no SQLSTATE for it. Source: its documentation, "Serializable isolation errors". */
const redshiftConflict = /^1023\b|serializable isolation violation|conflict with concurrent transaction/i

function classify(
  server: ServerError,
  sql: string,
  cancelled: boolean,
  who: string | undefined,
): { code: DiagnosticCode; message: string; hint?: string } {
  const message = server.message
  if (redshiftConflict.test(`${message} ${server.detail ?? ''}`))
    return { code: 'write-conflict', message, hint: conflictHint }
  switch (server.code) {
    case '42P01':
      return {
        code: 'missing-relation',
        message,
        hint: 'Check its schema and name; if a model builds it, run that model first.',
      }
    case '42501':
      return {
        code: 'missing-privilege',
        message,
        hint:
          (who && missingPrivilegeHint(message, sql, who)) ??
          'Let its owner grant the privilege to the user or role of this profile.',
      }
    case '40001':
    case '40P01':
      return { code: 'write-conflict', message, hint: conflictHint }
    case '57014':
      return { code: 'statement-cancelled', ...whyCancelled(message, cancelled) }
    default:
      return { code: 'statement-failed', message }
  }
}

function whyCancelled(message: string, cancelled: boolean): { message: string; hint?: string } {
  if (cancelled) return { message: 'The statement was cancelled.' }
  if (/timeout/i.test(message)) {
    return {
      message: 'The statement took longer than statement_timeout allows.',
      hint: 'Raise statement_timeout in the profile (milliseconds, 0: no limit), or for this user on the server.',
    }
  }
  return {
    message: 'The statement was cancelled on the server: by somebody else, or by a limit that it set.',
    hint: 'See the cause; of our own limits it can be statement_timeout in the profile (milliseconds).',
  }
}

/** Class 08 is a broken connection; 57P01 to 57P05 and 25P03 are followed by the end of the session. */
const endsTheSession = (sqlstate: string): boolean => /^(08...|57P0[1-5]|25P03)$/.test(sqlstate)

/** Somebody who may do so has ended the session: an administrator, or `seshat unlock`. It is not to come back by itself. */
export const mayPass = (sqlstate: string | undefined): boolean => sqlstate !== '57P01'

function causeOf({ message, code, detail, hint, where }: ServerError): string {
  const lines = [`SQLSTATE ${code}: ${message}`]
  if (detail) lines.push(`Detail: ${detail}`)
  if (hint) lines.push(`Hint: ${hint}`)
  if (where) lines.push(`Context: ${where}`)
  return lines.join('\n')
}

/** The server counts code points from 1, JavaScript UTF-16 units from 0. */
function offset(sql: string, position: string | undefined): number | undefined {
  const target = Number(position) - 1
  if (!(target >= 0)) return undefined
  let units = 0
  let points = 0
  for (const character of sql) {
    if (points === target) return units
    points += 1
    units += character.length
  }
  return units
}
