// A plan, disturbed before and after each of its statements, one at a time: each time from a copy of the database as it was at
// that point, then run again as anybody would, and the tables compared with those of a run that nothing disturbed.

import assert from 'node:assert/strict'
import type { Driver } from '../../adapters/driver.js'
import { oneConnection } from '../../compiler/connections.js'
import type { Plan } from '../../compiler/plan.js'
import { execute } from '../module_runs.js'
import { differences } from '../oracle/compare.js'
import { type Corpus, corpusTables } from './corpus.js'
import type { Cut } from './cutting_proxy.js'
import { differing, type Fingerprint, fingerprintOf, textOf } from './fingerprint.js'
import { sampleOf, shuffled } from './how_much.js'
import { type Segment, segmentsOf } from './segments.js'
import type { CrashServer } from './server.js'

/** A kind of warehouse, on databases of the crash server. */
export interface Ground {
  readonly name: string
  /** Statements are counted from here on; with a cut, up to there. */
  open(database: string, cut?: Cut): Promise<Opened>
}

interface Opened {
  readonly driver: Driver
  counted(): number
}

/** What befalls a run at a statement. */
export const faults = ['dies before', 'dies after', 'server stops before'] as const
export type Fault = (typeof faults)[number]

export interface Attempt {
  readonly ground: Ground
  /** The one that is disturbed. */
  readonly plan: Plan
  /** What is run afterwards, until it has caught up: each from the same state. */
  readonly again: readonly Again[]
  /** A database as the plan finds it. */
  readonly prepared: string
  readonly corpus: Corpus
  readonly faults: readonly Fault[]
  /** How many faults are tried at most; of every statement one of them. */
  readonly sample: number | 'every statement'
  /** Of which segments of the plan; all, if not given. */
  readonly only?: (segment: string) => boolean
}

export interface Again {
  readonly plan: Plan
  /** Relations that it may leave although an undisturbed run does not. */
  readonly leaves?: (name: string) => boolean
}

export interface Count {
  statements: number
  faults: number
  /** Of a directory, different ones, each opened. */
  images?: number
  /** Different ones, each run again from. */
  states: number
  tables: number
  rows: number
  /** Of tables, from those of a run that was not disturbed. */
  readonly differences: string[]
}

export const nothingYet = (): Count => ({
  statements: 0,
  faults: 0,
  states: 0,
  tables: 0,
  rows: 0,
  differences: [],
})

interface Point {
  readonly segment: Segment
  /** The database as the segment finds it. */
  readonly before: string
  readonly statements: number
}

const inParallel = 3

export async function disturbEverywhere(server: CrashServer, attempt: Attempt): Promise<Count> {
  const count = nothingYet()
  const { points, undisturbed } = await walk(server, attempt)
  const seen = new Set<string>()
  const disturbed = points.filter(({ segment }) => attempt.only?.(segment.name) ?? true)
  const all = disturbed.flatMap(point =>
    Array.from({ length: point.statements }, (_, at) => faults.map(fault => ({ point, at, fault }))).flat(),
  )
  const possible = all.filter(({ fault }) => attempt.faults.includes(fault))
  const work =
    attempt.sample === 'every statement'
      ? onePerStatement(shuffled(possible))
      : [...sampleOf(possible, attempt.sample)]
  count.statements = disturbed.reduce((sum, { statements }) => sum + statements, 0)
  const worker = async (): Promise<void> => {
    for (let next = work.shift(); next; next = work.shift()) {
      count.faults += 1
      await disturb(server, attempt, next.point, next.at, next.fault, { seen, undisturbed, count })
    }
  }
  await Promise.all(Array.from({ length: inParallel }, worker))
  for (const { before } of points) await server.drop(before)
  return count
}

/** The first one of each. */
function onePerStatement<T extends { readonly point: Point; readonly at: number }>(
  disturbances: readonly T[],
): T[] {
  const seen = new Map<Point, Set<number>>()
  return disturbances.filter(({ point, at }) => {
    const tried = seen.get(point) ?? new Set()
    seen.set(point, tried)
    return !tried.has(at) && tried.add(at)
  })
}

/** Runs the plan undisturbed, keeping a copy of the database before each of its segments. */
async function walk(
  server: CrashServer,
  { ground, plan, prepared, corpus }: Attempt,
): Promise<{ readonly points: readonly Point[]; readonly undisturbed: Fingerprint }> {
  const points: Point[] = []
  const database = await server.create(prepared)
  for (const segment of segmentsOf(plan)) {
    await server.settled(database)
    const before = await server.create(database)
    const { driver, counted } = await ground.open(database)
    const { code, diagnostics } = await execute(segment.plan, oneConnection(driver))
    assert.equal(code, 0, `${segment.name}: ${JSON.stringify(diagnostics)}`)
    points.push({ segment, before, statements: counted() })
    await driver.close()
  }
  const looking = server.look(database)
  await assertRight(looking, corpus, ground.name)
  const undisturbed = await fingerprintOf(looking, isLasting)
  await looking.close()
  await server.drop(database)
  return { points, undisturbed }
}

/** How often runs were disturbed shows in the metadata of runs; its rows are looked at by themselves. */
export const isLasting = (name: string): boolean => name !== 'derived.datamodel_metadata'

type Looking = ReturnType<CrashServer['look']>

/** All public tables against the oracle; no module has two rows of metadata in one run. */
export async function assertRight(
  database: Pick<Looking, 'rows' | 'query'>,
  corpus: Corpus,
  story: string,
): Promise<void> {
  for (const [table, rows] of corpusTables(corpus)) {
    assert.ok(rows.length > 0, table.name)
    const found = await database.rows(`select * from derived.${table.name}`)
    assert.deepEqual(differences(rows, found, table), [], `${story}: ${table.name}`)
  }
  assert.deepEqual(await database.query(metadataTwice), [], `${story}: metadata`)
}

const metadataTwice =
  'select run_id, module from derived.datamodel_metadata group by run_id, module having count(*) > 1'

interface Trial {
  readonly seen: Set<string>
  readonly undisturbed: Fingerprint
  readonly count: Count
}

async function disturb(
  server: CrashServer,
  { ground, again }: Attempt,
  { segment, before }: Point,
  at: number,
  fault: Fault,
  { seen, undisturbed, count }: Trial,
): Promise<void> {
  const story = `${ground.name}: ${fault} statement ${at} of ${segment.name}`
  const database = await server.create(before)
  const when = fault.endsWith('before') ? 'before' : 'answered'
  const { driver } = await ground.open(database, { at, when })
  const { code, diagnostics } = await execute(segment.plan, oneConnection(driver))
  void driver.close()
  // Whether the mark of the run could be taken away is nothing that a run fails for.
  assert.equal(code, segment.name === 'run.close' ? 0 : 1, `${story}: ${JSON.stringify(diagnostics)}`)
  for (const diagnostic of diagnostics) assert.equal(diagnostic.code, 'connection-lost', story)
  await server.settled(database)
  const looking = server.look(database)
  if (fault.startsWith('server')) await emptyUnlogged(looking)
  const state = textOf(await fingerprintOf(looking))
  await looking.close()
  if (!seen.has(state)) {
    seen.add(state)
    for (const [index, { plan, leaves }] of again.entries()) {
      count.states += 1
      await server.settled(database)
      const copy = index < again.length - 1 ? await server.create(database) : database
      await runAgain(server, ground, plan, copy, story)
      const found = server.look(copy)
      const isLeft = (name: string): boolean => isLasting(name) && !leaves?.(name)
      await compare(found, undisturbed, isLeft, count, `${story}, then ${index}`)
      await found.close()
      if (copy !== database) await server.drop(copy)
    }
  }
  await server.drop(database)
}

/** What a server that did not stop in order does to these tables when it starts again. */
async function emptyUnlogged(database: Looking): Promise<void> {
  const [[names] = []] = await database.query(
    `select string_agg(oid::regclass::text, ', ') from pg_class where relkind = 'r' and relpersistence = 'u'`,
  )
  if (names) await database.query(`truncate ${names}`)
}

async function runAgain(
  server: CrashServer,
  ground: Ground,
  plan: Plan,
  database: string,
  story: string,
): Promise<void> {
  const { driver } = await ground.open(database)
  const { code, diagnostics } = await execute(plan, oneConnection(driver), true)
  await driver.close()
  assert.equal(code, 0, `${story}, then run again: ${JSON.stringify(diagnostics)}`)
  await server.settled(database)
}

/** The tables that are left against those of an undisturbed run. */
export async function compare(
  database: Pick<Looking, 'query'>,
  undisturbed: Fingerprint,
  isLeft: (name: string) => boolean,
  count: Count,
  story: string,
): Promise<void> {
  const found = await fingerprintOf(database, isLeft)
  count.tables += found.size
  for (const content of found.values()) count.rows += Number(/ (\d+) rows/.exec(content)?.[1] ?? 0)
  const wanted = new Map([...undisturbed].filter(([name]) => isLeft(name)))
  count.differences.push(...differing(wanted, found).map(line => `${story}: ${line}`))
  const twice = await database.query(metadataTwice)
  if (twice.length > 0) count.differences.push(`${story}: two rows of metadata for one module of a run`)
}

/** For the log of the tests. */
export const told = (
  name: string,
  { statements, faults, images, states, tables, rows, differences }: Count,
): string =>
  `${name}: ${statements} statements, ${faults} faults, ${images === undefined ? '' : `${images} different images, `}${states} runs from different states, ${tables} tables with ${rows} rows compared, ${differences.length} differences`
