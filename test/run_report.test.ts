// The report at the end of a run: counts on the smallest events that show each, what it is in the results, and that a question which
// fails does not fail the run.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { connectMemory } from '../adapters/embedded/driver.js'
import type { Diagnostic } from '../compiler/diagnostics.js'
import { askReport, type ReportPart } from '../compiler/report_answers.js'
import { reportBlocks } from '../compiler/run_report.js'
import { createAtomic, loadAtomic } from './atomic_events.js'
import type { CommandResult } from './command_line.js'
import { EVENTS } from './oracle/columns.js'
import type { Row, Value } from './oracle/rows.js'
import { NO_WEB_DATA } from './oracle/web_data.js'
import { databases, type TestDatabase, temporaryProject } from './support.js'

interface Sent {
  readonly id: string
  readonly session: string
  readonly at: string
  readonly sent?: string
}

const eventOf = ({ id, session, at, sent = at }: Sent): Row => {
  const row: Record<string, Value> = Object.fromEntries(EVENTS.columns.map(column => [column.name, null]))
  const times = { collector_tstamp: at, derived_tstamp: at, dvce_created_tstamp: at, dvce_sent_tstamp: sent }
  const ids = { event_id: id, domain_sessionid: session, domain_userid: `user of ${session}` }
  return { ...row, ...times, ...ids, event_name: 'page_view' }
}

const sent: readonly Sent[] = [
  { id: 'a', session: 'one', at: '2024-01-01 10:00:00' },
  { id: 'a', session: 'one', at: '2024-01-01 10:05:00' }, // a copy
  { id: 'b', session: 'two', at: '2024-01-03 10:00:00' },
  { id: 'c', session: 'two', at: '2024-01-03 10:01:00' },
  { id: 'd', session: 'three', at: '2024-01-03 23:59:59' },
  { id: 'e', session: 'late', at: '2024-01-02 10:00:00', sent: '2024-01-05 10:00:01' },
  { id: 'f', session: 'long', at: '2024-01-01 11:00:00' },
  { id: 'g', session: 'long', at: '2024-01-04 11:00:01' }, // three days and a second
]
const data = {
  ...NO_WEB_DATA,
  events: sent.map(eventOf),
  webPages: sent.map(({ id, at }) => ({ root_id: id, root_tstamp: at, id: `page-${id}` })),
}

const expected = {
  written: [
    { module: 'base', what: 'events read', rows: 5, duplicate_rows_removed: 1, distinct_keys_removed: 0 },
    {
      module: 'page_views',
      what: 'page views written',
      rows: 5,
      duplicate_rows_removed: 0,
      distinct_keys_removed: 0,
    },
    {
      module: 'sessions',
      what: 'sessions written',
      rows: 4,
      duplicate_rows_removed: 0,
      distinct_keys_removed: 0,
    },
    { module: 'users', what: 'users written', rows: 4, duplicate_rows_removed: 0, distinct_keys_removed: 0 },
  ],
  per_day: [
    {
      table: 'sessions',
      days: [
        { day: '2024-01-01', rows: 2 },
        { day: '2024-01-02', rows: 0 },
        { day: '2024-01-03', rows: 2 },
      ],
    },
  ],
  progress: [
    { module: 'base', read_up_to: '2024-01-03 23:59:59', newest: '2024-01-03 23:59:59', caught_up: true },
  ],
  left_out: [
    { module: 'base', reason: 'sent more than 3 days late', sessions: 1 },
    { module: 'base', reason: 'more than 3 days after it began', sessions: 1 },
  ],
}

const bars = `  this time           rows  duplicates removed
  ──────────────────  ────  ──────────────────
  events read            5                   1
  page views written     5                   0
  sessions written       4                   0
  users written          4                   0

  sessions per day
  Mon 2024-01-01  2  ████████████████████████████████████████
  Tue 2024-01-02  0
  Wed 2024-01-03  2  ████████████████████████████████████████
  3 days          4

  base has caught up with the newest event, of 2024-01-03 23:59:59
  left out: events of 1 session, sent more than 3 days late
  left out: events of 1 session, more than 3 days after it began

  slowest steps
`

for (const { name, open } of databases) {
  describe(`report of a run on ${name}`, () => {
    let database: TestDatabase
    const settings = (more: string): string =>
      `name: t\nprofile: test\nvars: {start_date: 2024-01-01${more}}\n`
    const project = temporaryProject({ 'seshat.yml': settings('') })
    const run = async (...words: readonly string[]): Promise<CommandResult> => {
      await database.release()
      const result = await project.seshat('run', ...words)
      assert.equal(result.code, 0, result.stdout + result.stderr)
      return result
    }
    const reportIn = (): Record<string, unknown> =>
      JSON.parse(readFileSync(join(project.directory, 'target', 'run_results.json'), 'utf8')).report
    const counts = (): Record<string, unknown> => {
      const { slowest, ...rest } = reportIn()
      assert.equal((slowest as readonly unknown[]).length, 3)
      return rest
    }
    before(async () => {
      database = await open()
      project.write({ 'profiles.yml': database.profiles })
    })
    after(() => database.close())
    beforeEach(async () => {
      project.write({ 'seshat.yml': settings('') })
      await createAtomic(database)
      for (const schema of ['scratch', 'derived'])
        await database.query(`drop schema if exists ${schema} cascade`)
      await loadAtomic(database, data)
    })

    test('what was read, written, removed and left out: is told and stands in the results', async () => {
      const { stdout } = await run()
      assert.ok(stdout.includes(bars), stdout)
      assert.deepEqual(counts(), expected)
    })

    test('nothing new: no row is told twice, the days are those of the table', async () => {
      await run()
      await run()
      const { written, per_day } = counts()
      assert.deepEqual(per_day, expected.per_day)
      assert.deepEqual(
        written,
        expected.written.map(entry => ({ ...entry, rows: 0, duplicate_rows_removed: 0 })),
      )
    })

    test('several runs of one invocation: their counts add up', async () => {
      project.write({ 'seshat.yml': settings(', base: {update_cadence_days: 1, lookback_window_hours: 1}') })
      await run('--until-caught-up')
      const { written, per_day } = counts()
      assert.deepEqual([written, per_day], [expected.written, expected.per_day])
    })

    test('a full refresh: what it has written aside, the days from where it was put', async () => {
      await run()
      await run('--full-refresh')
      const { written, per_day } = counts()
      assert.deepEqual([written, per_day], [expected.written, expected.per_day])
    })

    test('copies of which none is kept: are told', async () => {
      project.write({ 'seshat.yml': settings(', base: {event_dedupe: exclude}') })
      const { stdout } = await run()
      assert.match(stdout, /events read +4 +2, every copy of 1\n/)
    })

    test('a part of the modules: tells of these alone', async () => {
      await run('--select', 'base', 'base.complete')
      assert.deepEqual(counts()['written'], expected.written.slice(0, 1))
      assert.deepEqual(counts()['per_day'], [])
    })

    test('quiet: is in the results and not on the terminal; as JSON it is in both', async () => {
      const { stdout } = await run('--quiet')
      assert.match(stdout, /^Done: [^\n]*\n$/)
      assert.deepEqual(counts(), expected)
      const lines = (await run('--log-format', 'json')).stdout.trimEnd().split('\n')
      const summary = lines.map(line => JSON.parse(line)).find(({ event }) => event === 'summary')
      assert.deepEqual(summary.report, reportIn())
    })

    test('reports: days: how many days are counted; 0 asks for none', async () => {
      project.write({ 'seshat.yml': `${settings('')}reports: {days: 2}\n` })
      await run()
      const days = expected.per_day[0]?.days.slice(2)
      assert.deepEqual(counts()['per_day'], [{ table: 'sessions', days }])
      project.write({ 'seshat.yml': `${settings('')}reports: {days: 0}\n` })
      await run()
      assert.deepEqual(counts()['per_day'], [])
      const text = readFileSync(join(project.directory, 'target/compiled/dev/run/report.sql'), 'utf8')
      assert.equal(text.match(/;\n/g)?.length, 1)
    })

    test('a question that fails: is a warning, and the run is done', async () => {
      project.write({
        'models/last.sql': `{{ config(materialized='table', post_hook='alter table derived.datamodel_metadata rename to gone') }}
select count(*) as n from {{ ref('users') }}`,
      })
      const { stderr } = await run()
      project.write({ 'models/last.sql': 'select 1 as n' })
      assert.match(stderr, /^warning\[report-failed\]: the report lacks a part: what this run has written/)
      assert.deepEqual(reportIn()['written'], [])
      assert.deepEqual(reportIn()['per_day'], expected.per_day)
    })
  })
}

test('askReport: goes on after a question that fails', async () => {
  const driver = await connectMemory()
  const told: ReportPart[] = []
  const failed: Diagnostic[] = []
  const statement = (sql: string) => ({ purpose: 'asked', sql })
  await askReport(
    driver,
    [
      { kind: 'written', statements: [statement('select * from nowhere')] },
      {
        kind: 'per_day',
        statements: [
          statement("select 't', date '2024-02-28', 3 union all select 't', date '2024-03-01', 4 order by 2"),
        ],
      },
      { kind: 'written', statements: [statement("select 'm', 7, 2, 1 union all select 'other', 1, 0, 0")] },
    ],
    new Set(['m']),
    { told: part => told.push(part), failed: diagnostic => failed.push(diagnostic) },
  )
  await driver.close()
  assert.deepEqual(
    failed.map(({ code, severity }) => [code, severity]),
    [['report-failed', 'warning']],
  )
  assert.deepEqual(told, [
    {
      kind: 'per_day',
      table: 't',
      days: [
        { day: '2024-02-28', rows: 3 },
        { day: '2024-02-29', rows: 0 },
        { day: '2024-03-01', rows: 4 },
      ],
    },
    { kind: 'written', written: [{ module: 'm', rows: 7, duplicateRows: 2, keysRemoved: 1 }] },
  ])
})

test('bars: as long as their share, the least one an eighth, no line longer than the terminal', () => {
  const days = [8, 3, 1, 0, 1_000_000].map((rows, index) => ({ day: `2024-01-0${index + 1}`, rows }))
  const report = { written: [], perDay: [{ table: 't', days }], progress: [], leftOut: [], slowest: [] }
  const [lines = []] = reportBlocks(report, 40)
  assert.deepEqual(lines, [
    't per day',
    'Mon 2024-01-01          8  ▏',
    'Tue 2024-01-02          3  ▏',
    'Wed 2024-01-03          1  ▏',
    'Thu 2024-01-04          0',
    'Fri 2024-01-05  1,000,000  █████████████',
    '5 days          1,000,012',
  ])
  const small = { ...report, perDay: [{ table: 't', days: days.slice(0, 3) }] }
  assert.deepEqual(
    reportBlocks(small, 78)[0]?.slice(1, 4),
    [40, 15, 5].map(
      (cells, index) =>
        `${['Mon', 'Tue', 'Wed'][index]} 2024-01-0${index + 1}  ${[' 8', ' 3', ' 1'][index]}  ${'█'.repeat(cells)}`,
    ),
  )
})
