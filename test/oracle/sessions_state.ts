// In: what is staged, and when main and complete run. Out: what derived.sessions, page_views_staged and
// sessions_userid_manifest_staged must then hold. It models the tables as lists, no faster than it must be.

import { DAY, least, type Micros, type Row, text, time, timeText } from './rows.js'
import { sessionsFrom } from './sessions.js'

export interface SessionsOptions {
  /** Days before the batch's least start that are searched for rows to replace; null: the whole table. */
  readonly upsertLookbackDays: number | null
  readonly onLookbackMiss: 'widen' | 'error' | 'ignore'
  /** Leave derived.sessions alone. */
  readonly skipDerived?: boolean
  /** Write the staged user ids; true unless said otherwise. */
  readonly stageNext?: boolean
}

/** Rows to replace that stand outside the window. */
export interface LookbackMiss {
  readonly rows: number
  /** The start of the earliest of them; null when none has a start. */
  readonly earliest: string | null
  /** The least whole upsert_lookback_days that finds all of them; null: only `null` does. */
  readonly daysThatWouldDo: number | null
}

export interface MainResult {
  /** Sessions of the batch. */
  readonly rows: number
  /** False: main failed and nothing changed. */
  readonly done: boolean
  /** What stood outside the window; undefined when nothing did or nobody looked. */
  readonly miss: LookbackMiss | undefined
}

interface StagedRow {
  readonly row: Row
  /** Which write put it there: writing equal values again is another write. */
  readonly write: number
}

/** The sessions module and the three tables around it. */
export class SessionsState {
  #staged: StagedRow[] = []
  #derived: Row[] = []
  #userIds = new Map<string, Micros | null>()
  #read: ReadonlySet<number> = new Set()
  #writes = 0

  constructor(readonly options: SessionsOptions) {}

  get derived(): readonly Row[] {
    return this.#derived
  }

  get pageViewsStaged(): readonly Row[] {
    return this.#staged.map(staged => staged.row)
  }

  /** Rows of sessions_userid_manifest_staged: one per user. */
  get stagedUserIds(): readonly Row[] {
    return [...this.#userIds].map(([id, start]) => ({ domain_userid: id, start_tstamp: timeText(start) }))
  }

  /** Rows another system put into derived.sessions before us. */
  seedDerived(rows: readonly Row[]): void {
    this.#derived = [...this.#derived, ...rows]
  }

  /** As the page views module writes: all staged rows of each session in the batch are replaced. */
  stage(rows: readonly Row[]): void {
    const sessions = new Set(rows.map(row => text(row, 'domain_sessionid')))
    sessions.delete(null)
    this.#staged = this.#staged.filter(({ row }) => !sessions.has(text(row, 'domain_sessionid')))
    this.append(rows)
  }

  /** As somebody else may write: the rows are added to what is there. */
  append(rows: readonly Row[]): void {
    this.#staged = [...this.#staged, ...rows.map(row => ({ row, write: this.#nextWrite() }))]
  }

  /** What happens to staged user ids when users has taken all of them. */
  takeUserIds(): void {
    this.#userIds = new Map()
  }

  /** Runs the logic over everything staged and commits it, or fails and changes nothing. */
  main(): MainResult {
    const batch = sessionsFrom(this.pageViewsStaged)
    const keys = new Set(batch.map(row => text(row, 'domain_sessionid')))
    const floor = this.#windowFloor(batch)
    const sameKey = this.#derived.filter(row => keys.has(text(row, 'domain_sessionid')))
    const inside = sameKey.filter(row => this.#inWindow(row, floor))
    const outside = sameKey.filter(row => !this.#inWindow(row, floor))
    const { onLookbackMiss, skipDerived } = this.options
    const looks = onLookbackMiss !== 'ignore' && skipDerived !== true
    const miss = looks && outside.length > 0 ? missOf(outside, least(batch.map(startOf))) : undefined
    if (miss !== undefined && onLookbackMiss === 'error') return { rows: batch.length, done: false, miss }

    const replaced = skipDerived === true ? [] : onLookbackMiss === 'widen' ? sameKey : inside
    if (skipDerived !== true) {
      const gone = new Set(replaced)
      this.#derived = [...this.#derived.filter(row => !gone.has(row)), ...batch]
    }
    if (this.options.stageNext !== false) this.#addUserIds([...batch, ...replaced])
    this.#read = new Set(this.#staged.map(staged => staged.write))
    return { rows: batch.length, done: true, miss }
  }

  /**
   * Empties the input: the rows of a session go unless any of them was written after main read, then all of
   * them stay for the next run. Rows without a session id go always, for they never give anything.
   */
  complete(): void {
    const kept = new Set(
      this.#staged
        .filter(staged => !this.#read.has(staged.write))
        .map(({ row }) => text(row, 'domain_sessionid')),
    )
    kept.delete(null)
    this.#staged = this.#staged.filter(({ row }) => kept.has(text(row, 'domain_sessionid')))
    this.#read = new Set()
  }

  #nextWrite(): number {
    this.#writes += 1
    return this.#writes
  }

  #windowFloor(batch: readonly Row[]): Micros | null {
    const start = least(batch.map(startOf))
    const days = this.options.upsertLookbackDays
    return start === null || days === null ? null : start - days * DAY
  }

  /** `start_tstamp >= floor` as SQL means it: a NULL on either side is not inside. */
  #inWindow(row: Row, floor: Micros | null): boolean {
    if (this.options.upsertLookbackDays === null) return true
    const start = startOf(row)
    return start !== null && floor !== null && start >= floor
  }

  #addUserIds(sessions: readonly Row[]): void {
    for (const row of sessions) {
      const id = text(row, 'domain_userid')
      if (id === null) continue
      this.#userIds.set(id, least([this.#userIds.get(id) ?? null, startOf(row)]))
    }
  }
}

function startOf(session: Row): Micros | null {
  return time(session, 'start_tstamp')
}

function missOf(outside: readonly Row[], batchStart: Micros | null): LookbackMiss {
  const starts = outside.map(startOf)
  const earliest = least(starts)
  const unknown = earliest === null || batchStart === null || starts.includes(null)
  return {
    rows: outside.length,
    earliest: timeText(earliest),
    daysThatWouldDo: unknown ? null : Math.ceil((batchStart - earliest) / DAY),
  }
}
