// What Postgres is told about the tables of a run: how many rows they have, but not that there are none, and of which columns more.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createAtomic, loadAtomic } from './atomic_events.js'
import { EVENTS } from './oracle/columns.js'
import type { Row, Value } from './oracle/rows.js'
import { NO_WEB_DATA } from './oracle/web_data.js'
import { databases, modulesOff, type TestDatabase, temporaryProject } from './support.js'

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
    before(async () => {
      database = await open()
      await createAtomic(database)
      await loadAtomic(database, { ...NO_WEB_DATA, events: ['a', 'b', 'c'].map(eventOf) })
      await database.release()
      const project = temporaryProject({
        'seshat.yml': `name: web\nprofile: test\n${modulesOff('page_views', 'sessions', 'users')}\nvars: {start_date: 2024-01-01, cleanup_mode: trace}\n`,
        'profiles.yml': database.profiles,
      })
      const { code, stdout, stderr } = await project.seshat('run')
      assert.equal(code, 0, stdout + stderr)
    })
    after(() => database.close())

    const rowsKnown = async (table: string): Promise<Value> => {
      const [row] = await database.query(
        `select c.reltuples::int from pg_class as c where c.oid = 'scratch.${table}'::regclass`,
      )
      return row?.[0] ?? null
    }

    test('of a table with rows, how many', async () => assert.equal(await rowsKnown('base_events_read'), 3))

    test('of an empty one nothing: it would be gone through for each row of another', async () => {
      assert.deepEqual(await database.query('select count(*) from scratch.base_event_copies'), [[0]])
      assert.equal(await rowsKnown('base_event_copies'), -1)
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
  })
