// The rows of a plan's report statements -> what they tell: how far a module has come with its input, and what it has
// left out. module.yml names the models that these rows are read from.

import type { QueryResult, Value } from '../adapters/driver.js'
import { rowObjects } from './json_rows.js'
import type { ReportKind } from './statement.js'
import { wrapped } from './text_table.js'

export interface Progress {
  /** The time up to which the input is read, `2024-01-31 09:15:00`; undefined where nothing is. */
  readonly readUpTo: string | undefined
  /** The newest time of the input that is still to be read, or else of what is read. */
  readonly newest: string | undefined
  readonly caughtUp: boolean
}

interface LeftOut {
  readonly reason: string
  readonly sessions: number
}

export interface Report {
  readonly module: string
  readonly progress: readonly Progress[]
  readonly leftOut: readonly LeftOut[]
}

/** @param result columns read_up_to, newest, caught_up; or reason, sessions */
export function readReport(module: string, kind: ReportKind, result: QueryResult): Report {
  const objects = rowObjects(result)
  const text = (value: Value | undefined): string | undefined => (value == null ? undefined : String(value))
  if (kind === 'progress') {
    const progress = objects.map(row => ({
      readUpTo: text(row['read_up_to']),
      newest: text(row['newest']),
      caughtUp: row['caught_up'] === true,
    }))
    return { module, progress, leftOut: [] }
  }
  const leftOut = objects.map(row => ({
    reason: String(row['reason']),
    sessions: Number(row['sessions'] ?? 0),
  }))
  return { module, progress: [], leftOut: leftOut.filter(({ sessions }) => sessions > 0) }
}

/** How far each module has come at last, and all that was left out, over all runs. */
export function progressOf(reports: readonly Report[]): ReportedProgress {
  const last = new Map(
    reports.flatMap(({ module, progress }) => progress.map(entry => [module, { module, ...entry }] as const)),
  )
  const left = new Map<string, LeftOut & { readonly module: string }>()
  for (const { module, leftOut } of reports)
    for (const { reason, sessions } of leftOut) {
      const key = `${module} ${reason}`
      left.set(key, { module, reason, sessions: sessions + (left.get(key)?.sessions ?? 0) })
    }
  return { progress: [...last.values()], leftOut: [...left.values()] }
}

export interface ReportedProgress {
  readonly progress: readonly (Progress & { readonly module: string })[]
  readonly leftOut: readonly (LeftOut & { readonly module: string })[]
}

/** The lines that tell a person how far the modules have come, and what was left out. */
export function reportLines({ progress, leftOut }: ReportedProgress, width: number): readonly string[] {
  const lines = [
    ...progress.flatMap(({ module, ...entry }) => progressLines(module, entry)),
    ...leftOut.map(
      ({ reason, sessions }) =>
        `left out: events of ${sessions} ${sessions === 1 ? 'session' : 'sessions'}, ${reason}`,
    ),
  ]
  return lines.flatMap(line => wrapped(line, width))
}

function progressLines(module: string, progress: Progress): readonly string[] {
  const line = `${module} ${progressLine(progress)}`
  return progress.caughtUp ? [line] : [line, 'go on with: seshat run --until-caught-up']
}

/** `has read up to 2024-01-07 23:12:05, 28 days behind the newest event`. */
export function progressLine({ readUpTo, newest, caughtUp }: Progress): string {
  if (readUpTo === undefined) return caughtUp ? 'found no event that counts' : 'has read nothing yet'
  return caughtUp
    ? `has caught up with the newest event, of ${readUpTo}`
    : `has read up to ${readUpTo}, ${behind(readUpTo, newest)} behind the newest event`
}

const hour = 3_600_000

/** `3 days`, `5 hours`, `20 minutes`: the largest unit, as whole as it gets. */
function behind(from: string, to: string | undefined): string {
  const milliseconds = Date.parse(`${to?.replace(' ', 'T')}Z`) - Date.parse(`${from.replace(' ', 'T')}Z`)
  const units = [
    ['day', 24 * hour],
    ['hour', hour],
    ['minute', hour / 60],
  ] as const
  for (const [name, length] of units) {
    const count = Math.floor(milliseconds / length)
    if (count > 0) return `${count} ${name}${count === 1 ? '' : 's'}`
  }
  return 'less than a minute'
}
