// In: what is staged, and when the steps of sessions and users run. Out: what the five tables around them must then
// hold. Puts users and its staged ids behind SessionsState, which knows sessions alone.

import { STAGED_USER_IDS, type Table } from './columns.js'
import { DAY, least, type Micros, type Row, text, time, timeText } from './rows.js'
import { sessionsFrom } from './sessions.js'
import { type LookbackMiss, SessionsState } from './sessions_state.js'
import { usersFrom } from './users.js'

export interface WebStateOptions {
  readonly upsert_lookback_days: number | null
  readonly on_lookback_miss: 'widen' | 'error' | 'ignore'
  /** all: complete forgets that main has run, so that a second complete changes nothing. */
  readonly cleanup_mode: 'all' | 'debug' | 'trace'
}

interface StagedId {
  readonly start: Micros | null
  readonly write: number
}

export interface SessionsRun {
  readonly done: boolean
  /** Rows with a start that stand before the window, unless nobody looks. */
  readonly miss: LookbackMiss | undefined
}

export class WebState {
  readonly #sessions: SessionsState
  #ids = new Map<string, StagedId>()
  #users = new Map<string | null, Row>()
  #manifest = new Map<string, Micros | null>()
  #writes = 0
  #sessionsCommitted = false
  #usersCommitted = false
  #usersBatch: ReadonlyMap<string, StagedId> = new Map()

  #days: number | null

  constructor(readonly options: WebStateOptions) {
    this.#days = options.upsert_lookback_days
    const days = (): number | null => this.#days
    this.#sessions = new SessionsState({
      get upsertLookbackDays() {
        return days()
      },
      onLookbackMiss: options.on_lookback_miss,
    })
  }

  get sessions(): readonly Row[] {
    return this.#sessions.derived
  }

  get staged(): readonly Row[] {
    return this.#sessions.pageViewsStaged
  }

  get stagedIds(): readonly Row[] {
    return rowsOf([...this.#ids].map(([id, { start }]) => [id, start]))
  }

  get users(): readonly Row[] {
    return [...this.#users.values()]
  }

  get manifest(): readonly Row[] {
    return rowsOf([...this.#manifest])
  }

  stage(rows: readonly Row[]): void {
    this.#sessions.stage(rows)
  }

  append(rows: readonly Row[]): void {
    this.#sessions.append(rows)
  }

  /** @param days the window of this run, where it has one of its own */
  sessionsMain(days: number | null = this.options.upsert_lookback_days): SessionsRun {
    this.#days = days
    const miss = this.#miss()
    // Taken each time, so that what stands there afterwards is what this run has touched.
    this.#sessions.takeUserIds()
    const { done } = this.#sessions.main()
    this.#sessionsCommitted = done
    this.#writes += 1
    for (const row of this.#sessions.stagedUserIds) {
      const id = String(row['domain_userid'])
      const start = least([this.#ids.get(id)?.start ?? null, time(row, 'start_tstamp')])
      this.#ids.set(id, { start, write: this.#writes })
    }
    return { done, miss }
  }

  /** Without a main that committed there is nothing to complete. */
  sessionsComplete(): void {
    if (!this.#sessionsCommitted) return
    this.#sessions.complete()
    this.#sessionsCommitted = this.options.cleanup_mode !== 'all'
  }

  usersMain(): void {
    this.#usersBatch = new Map(this.#ids)
    const ids = new Set<string | null>(this.#usersBatch.keys())
    const theirs = this.sessions.filter(row => ids.has(text(row, 'domain_userid')))
    for (const id of ids) this.#users.delete(id)
    for (const user of usersFrom(theirs)) this.#users.set(text(user, 'domain_userid'), user)
    this.#usersCommitted = true
  }

  usersComplete(): void {
    if (!this.#usersCommitted) return
    for (const [id, { start, write }] of this.#usersBatch) {
      if (this.#ids.get(id)?.write === write) this.#ids.delete(id)
      this.#manifest.set(id, least([this.#manifest.get(id) ?? null, start]))
    }
    this.#usersCommitted = this.options.cleanup_mode !== 'all'
  }

  /** A production row without a start is never outside: it is replaced, and no number of days would matter. */
  #miss(): LookbackMiss | undefined {
    const days = this.#days
    const onMiss = this.options.on_lookback_miss
    const batch = sessionsFrom(this.staged)
    const keys = new Set(batch.map(row => row['domain_sessionid']))
    const batchStart = least(batch.map(row => time(row, 'start_tstamp')))
    if (onMiss === 'ignore' || days === null || batchStart === null) return undefined
    const starts = this.sessions
      .filter(row => keys.has(row['domain_sessionid']))
      .map(row => time(row, 'start_tstamp'))
      .filter(start => start !== null && start < batchStart - days * DAY)
    const earliest = least(starts)
    if (earliest === null) return undefined
    const daysThatWouldDo = Math.ceil((batchStart - earliest) / DAY)
    return { rows: starts.length, earliest: timeText(earliest), daysThatWouldDo }
  }
}

const rowsOf = (starts: readonly (readonly [string, Micros | null])[]): Row[] =>
  starts.map(([id, start]) => ({ domain_userid: id, start_tstamp: timeText(start) }))

/** The users_manifest as a table to compare. */
export const USERS_MANIFEST: Table = { ...STAGED_USER_IDS, name: 'users_manifest' }
