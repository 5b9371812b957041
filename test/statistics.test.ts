// What Postgres is told about the tables of a run: how many rows they have, but not that there are none, and of which columns more.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createAtomic, loadAtomic } from './atomic_events.js'
import { EVENTS } from './oracle/columns.js'
import type { Row, Value } from './oracle/rows.js'
import { NO_WEB_DATA, type WebData } from './oracle/web_data.js'
import { databases, modulesOff, type TestDatabase, type TestProject, temporaryProject } from './support.js'

const columns: Record<string, Value> = Object.fromEntries(EVENTS.columns.map(column => [column.name, null]))
const at = '2024-01-01 10:00:00'
const times = { collector_tstamp: at, derived_tstamp: at, dvce_created_tstamp: at, dvce_sent_tstamp: at }

const eventOf = (id: string): Row => ({
  ...columns,
  ...times,
  event_id: id,
  event_name: 'page_view',
  domain_sessionid: `session of ${id}`,
})

for (const { name, open } of databases)
  describe(`${name}: statistics of the tables of a run`, () => {
    let database: TestDatabase
    const project = temporaryProject({
      'seshat.yml': `name: web\nprofile: test\n${modulesOff('page_views', 'sessions', 'users')}\nvars: {start_date: 2024-01-01, cleanup_mode: trace}\n`,
    })
    const runOn = async (data: WebData, of: TestProject): Promise<void> => {
      await loadAtomic(database, data)
      await database.release()
      const { code, stdout, stderr } = await of.seshat('run')
      assert.equal(code, 0, stdout + stderr)
    }
    const runWith = (...ids: readonly string[]): Promise<void> =>
      runOn({ ...NO_WEB_DATA, events: ids.map(eventOf) }, project)
    before(async () => {
      database = await open()
      await createAtomic(database)
      project.write({ 'profiles.yml': database.profiles })
      await runWith('a', 'b', 'c')
    })
    after(() => database.close())

    const rowsKnown = async (table: string): Promise<Value> => {
      const [row] = await database.query(
        `select c.reltuples::int from pg_class as c where c.oid = '${table}'::regclass`,
      )
      return row?.[0] ?? null
    }

    test('of a table with rows, how many', async () =>
      assert.equal(await rowsKnown('scratch.base_events_read'), 3))

    test('of an empty one nothing: it would be gone through for each row of another', async () => {
      assert.deepEqual(await database.query('select count(*) from scratch.base_event_copies'), [[0]])
      assert.equal(await rowsKnown('scratch.base_event_copies'), -1)
    })

    test('the columns of its keys, and those that its config names', async () => {
      const known = await database.query(
        "select s.attname::text from pg_stats as s where s.schemaname = 'scratch' and s.tablename = 'base_events_read' order by 1",
      )
      assert.deepEqual(known.flat(), [
        'collector_tstamp',
        'domain_sessionid',
        'event_id',
        'event_name',
        'is_unread',
        'page_view_id',
      ])
    })

    test('ids have the collation of the column that they are looked up in', async () => {
      const collations = await database.query(
        "select c.collation_name::text from information_schema.columns as c where c.table_name = 'event_copies' and c.column_name = 'page_view_id'",
      )
      assert.deepEqual(collations, [[null]])
    })

    test('of a table that stays again only when it has grown by a tenth', async () => {
      const manifest = 'derived.base_event_id_manifest'
      assert.equal(await rowsKnown(manifest), 3)
      await runWith('d')
      assert.equal(await rowsKnown(manifest), 3)
      await database.query(
        `insert into ${manifest} select 'old ' || n, timestamp '2023-01-01' from generate_series(1, 1000) as t (n)`,
      )
      await runWith('e')
      assert.equal(await rowsKnown(manifest), 1005)
    })

    test('page views are not taken for none where user agents are few and known, and bots are not', async () => {
      const ids = Array.from({ length: 1000 }, (_, n) => `view ${n}`)
      const withPageViews = temporaryProject({
        'seshat.yml': `name: web\nprofile: test\n${modulesOff('sessions', 'users')}\nvars: {start_date: 2024-01-01, cleanup_mode: trace, entropy: _agents}\n`,
        'profiles.yml': database.profiles,
      })
      const data = {
        ...NO_WEB_DATA,
        events: ids.map(id => ({ ...eventOf(id), useragent: `agent ${id.length}` })),
        webPages: ids.map(id => ({ root_id: id, root_tstamp: at, id })),
      }
      await runOn(data, withPageViews)
      // As autovacuum may do it at any time of a long run.
      await database.query('analyze scratch.page_view_events_agents')
      const file = join(withPageViews.directory, 'target/compiled/dev/page_views/page_views_measured.sql')
      const select = readFileSync(file, 'utf8').split(/-- build page_views_measured\ncreate .* as\n/)[1] ?? ''
      const [[plan] = []] = await database.query(`explain (format json) ${select.split(';\n')[0]}`)
      const [{ Plan: root }] = JSON.parse(String(plan))
      assert.ok(root['Plan Rows'] > 100, `${root['Plan Rows']} of 1000`)
    })
  })
