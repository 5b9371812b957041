// Settings of base and page views that change which tables there are, on the smallest events that show it.

import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Driver } from '../adapters/driver.js'
import { createAtomic, loadAtomic } from './atomic_events.js'
import { connectTo, ModuleRuns } from './module_runs.js'
import { EVENTS } from './oracle/columns.js'
import type { Row, Value } from './oracle/rows.js'
import { NO_WEB_DATA } from './oracle/web_data.js'
import { databases, type TestDatabase, temporaryProject } from './support.js'
import { dropSchemas } from './web_tables.js'

interface Sent {
  readonly id: string
  readonly session: string
  readonly at: string
  readonly more?: Row
}

function eventOf({ id, session, at, more }: Sent): Row {
  const row: Record<string, Value> = Object.fromEntries(EVENTS.columns.map(column => [column.name, null]))
  const times = { collector_tstamp: at, derived_tstamp: at, dvce_created_tstamp: at, dvce_sent_tstamp: at }
  return {
    ...row,
    ...times,
    event_id: id,
    event_name: 'page_view',
    domain_sessionid: session,
    domain_userid: 'u',
    ...more,
  }
}

const pageOf = ({ id, at }: Sent): Row => ({ root_id: id, root_tstamp: at, id: `page-${id}` })

const start = { start_date: '2024-01-01' }
const settings = 'name: t\nprofile: test\n'
const counts = `{{ config(materialized='incremental', unique_key='domain_sessionid', replaces='base_sessions_this_run') }}
select domain_sessionid, max(se_category) as category, count(*) as events from {{ ref('events_this_run') }} group by domain_sessionid`

for (const { name, open } of databases) {
  describe(`settings of base and page views on ${name}`, () => {
    let database: TestDatabase
    let driver: Driver
    const plain = temporaryProject({ 'seshat.yml': settings })
    const baseOnly = temporaryProject({
      'seshat.yml': `${settings}modules: {page_views: {enabled: false}, sessions: {enabled: false}, users: {enabled: false}}\n`,
      'models/counts.sql': counts,
    })
    before(async () => {
      database = await open()
      driver = await connectTo(database)
    })
    after(async () => {
      await driver.close()
      await database.close()
    })
    beforeEach(async () => {
      await createAtomic(database)
      await dropSchemas(database)
    })
    const load = (...sent: readonly Sent[]) =>
      loadAtomic(database, { ...NO_WEB_DATA, events: sent.map(eventOf), webPages: sent.map(pageOf) })
    const run = async (project = plain, variables: Readonly<Record<string, unknown>> = {}, select = '') => {
      const outcome = await new ModuleRuns(project, driver).run(select, { ...start, ...variables })
      assert.equal(outcome.code, 0, outcome.diagnostics.map(({ message }) => message).join('\n'))
      return outcome
    }
    const relations = async (schema: string): Promise<readonly string[]> =>
      (
        await database.query(
          `select relname from pg_class where relnamespace = '${schema}'::regnamespace and relkind in ('r', 'v') order by 1`,
        )
      ).map(([relation]) => String(relation))

    test('extra_event_columns: carried into events_staged with their types, and added when they are set later', async () => {
      await load({ id: 'a', session: 's', at: '2024-01-01 10:00:00', more: { se_category: 'x', txn_id: 7 } })
      await run(plain, {}, 'base base.complete')
      const extra = { extra_event_columns: ['se_category', 'txn_id', 'page_url'] }
      await load({ id: 'b', session: 's', at: '2024-01-01 10:01:00', more: { se_category: 'y', txn_id: 8 } })
      await run(plain, extra, 'base base.complete')
      const rows = await database.query(
        'select event_id, se_category, txn_id from scratch.events_staged order by 1',
      )
      assert.deepEqual(rows, [
        ['a', 'x', 7],
        ['b', 'y', 8],
      ])
      await run(plain, extra)
      assert.deepEqual(await database.query('select page_views from derived.sessions'), [[2]])
    })

    test('no module behind base: nothing is staged, and custom models read the events of the run', async () => {
      await load({ id: 'a', session: 's', at: '2024-01-01 10:00:00', more: { se_category: 'x' } })
      await run(baseOnly, { extra_event_columns: ['se_category'] })
      assert.deepEqual(await database.query('select * from derived.counts'), [['s', 'x', 1]])
      assert.ok(!(await relations('scratch')).includes('events_staged'))
      await load({ id: 'b', session: 's', at: '2024-01-01 10:01:00' })
      await run(baseOnly, { extra_event_columns: ['se_category'] })
      assert.deepEqual(await database.query('select * from derived.counts'), [['s', 'x', 2]])
    })

    for (const mode of ['debug', 'trace', 'all'] as const) {
      test(`cleanup_mode ${mode}: what it keeps is there, and the next run is not held up by it`, async () => {
        await load({ id: 'a', session: 's', at: '2024-01-01 10:00:00' })
        await run(plain, { cleanup_mode: mode })
        const kept = await relations('scratch')
        const main = [
          'events_this_run',
          'page_views_this_run',
          'sessions_this_run',
          'users_this_run',
          'event_duplicates',
          'page_view_duplicates',
          'base_window_limits',
        ]
        for (const table of main) assert.equal(kept.includes(table), mode !== 'all', table)
        assert.equal(kept.includes('page_view_bots'), mode === 'trace')
        await load({ id: 'b', session: 's', at: '2024-01-01 10:01:00' })
        await run(plain, { cleanup_mode: mode })
        await run(plain, { cleanup_mode: mode })
        assert.deepEqual(await database.query('select page_views from derived.users'), [[2]])
      })
    }

    test('skip_derived of page views: no production table, and sessions all the same', async () => {
      await load({ id: 'a', session: 's', at: '2024-01-01 10:00:00' })
      await run(plain, { page_views: { skip_derived: true } })
      assert.ok(!(await relations('derived')).includes('page_views'))
      assert.deepEqual(await database.query('select page_views from derived.sessions'), [[1]])
    })

    test('what does not count is told: sent late, and too long after the session began', async () => {
      await load(
        { id: 'a', session: 's', at: '2024-01-01 10:00:00' },
        { id: 'b', session: 's', at: '2024-01-05 10:00:00' },
        {
          id: 'c',
          session: 't',
          at: '2024-01-02 10:00:00',
          more: { dvce_created_tstamp: '2023-12-01 10:00:00' },
        },
      )
      const { results } = await run()
      const reports = results.flatMap(result => result.reports)
      assert.deepEqual(
        reports.flatMap(report => report.leftOut),
        [
          { reason: 'sent more than 3 days late', sessions: 1 },
          { reason: 'more than 3 days after it began', sessions: 1 },
        ],
      )
      assert.deepEqual(
        reports.flatMap(report => report.progress),
        [{ readUpTo: '2024-01-01 10:00:00', newest: '2024-01-01 10:00:00', caughtUp: true }],
      )
    })

    test('a page view id that stands in production in another session stays there', async () => {
      await load({ id: 'a', session: 's', at: '2024-01-01 10:00:00' })
      await run()
      const again = { id: 'b', session: 't', at: '2024-01-01 09:59:00' }
      await loadAtomic(database, {
        ...NO_WEB_DATA,
        events: [eventOf(again), eventOf({ id: 'c', session: 't', at: '2024-01-01 10:02:00' })],
        webPages: [
          { root_id: 'b', root_tstamp: again.at, id: 'page-a' },
          pageOf({ id: 'c', session: 't', at: '2024-01-01 10:02:00' }),
        ],
      })
      await run()
      assert.deepEqual(
        await database.query(
          'select page_view_id, domain_sessionid, page_view_in_session_index from derived.page_views order by 1',
        ),
        [
          ['page-a', 's', 1],
          ['page-c', 't', 1],
        ],
      )
    })

    test('metadata: counts the copies that were taken out, by the setting of each module', async () => {
      const copy = { id: 'a', session: 's', at: '2024-01-01 10:00:00' }
      await load(copy, copy, { id: 'b', session: 's', at: '2024-01-01 10:01:00' })
      for (const [dedupe, removed] of [
        ['first', [1, 0]],
        ['exclude', [2, 1]],
      ] as const) {
        await dropSchemas(database)
        await run(plain, { event_dedupe: dedupe })
        assert.deepEqual(
          await database.query(
            "select rows_this_run, duplicate_rows_removed, distinct_keys_removed from derived.datamodel_metadata where module = 'base'",
          ),
          [[dedupe === 'first' ? 2 : 1, ...removed]],
        )
      }
    })
  })
}
