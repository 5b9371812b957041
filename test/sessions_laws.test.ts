// Laws of sessions and users that deserve a test of their own: what a repeated, a failing and an interrupted step may
// change, and which users are computed again.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import type { Driver } from '../adapters/driver.js'
import { connectTo, type Interference, troubleAt } from './module_runs.js'
import { pageView } from './oracle/page_view_row.js'
import { pageViewBatches } from './oracle/page_view_rows.js'
import { databases, sessionsAndUsers, type TestDatabase, temporaryProject } from './support.js'
import { type Selection, type TwinOptions, WebTwin } from './web_twin.js'

const nasty = [
  "O'Reilly",
  '"quoted"',
  "\\' \\N \\",
  "{{ ref('sessions') }} {% raw %} {# note #} }}",
  '-- rest /* open $$ $1 :name %s ;',
  'two\r\nlines\tand a tab',
  ' blanks around ',
  '',
  'NULL',
  '\u65e5\u672c\u8a9e \u{1f468}\u200d\u{1f469}\u200d\u{1f467} e\u0301 \u202ertl',
]

for (const { name, open } of databases) {
  describe(`laws of sessions and users on ${name}`, () => {
    let database: TestDatabase
    let driver: Driver
    const project = temporaryProject({ 'seshat.yml': `name: t\nprofile: test\n${sessionsAndUsers}` })
    before(async () => {
      database = await open()
      project.write({ 'profiles.yml': database.profiles })
      driver = await connectTo(database)
    })
    after(async () => {
      await driver.close()
      await database.close()
    })

    const newTwin = (options: Partial<TwinOptions> = {}): Promise<WebTwin> =>
      WebTwin.create(database, project, driver, options)

    test('the command line, step by step and at once: all rows are the oracle’s', async () => {
      const twin = await newTwin()
      const steps: readonly Selection[] = ['sessions', 'sessions.complete', 'users', 'users.complete']
      const batches = pageViewBatches({ seed: 4, batches: 2, returning: 0.5 })
      for (const [index, batch] of batches.entries()) {
        await twin.stage(batch)
        for (const selection of index === 1 ? (['sessions+'] as const) : steps) {
          const { code, stdout, stderr } = await twin.command(selection)
          assert.equal(code, 0, stdout + stderr)
          twin.step(selection)
          await twin.compare(`batch ${index + 1}, ${selection}`)
        }
      }
    })

    test('law: main twice changes nothing, and main, main, complete is main, complete', async () => {
      const [first = [], second = []] = pageViewBatches({ seed: 21, batches: 2, returning: 0.6 })
      const ends: unknown[] = []
      for (const repeated of [false, true]) {
        const twin = await newTwin({ upsert_lookback_days: null })
        await twin.stage(first)
        await twin.run('sessions+')
        await twin.stage(second)
        await twin.run('sessions')
        if (repeated) {
          const once = await twin.contents()
          await twin.run('sessions')
          assert.deepEqual(await twin.contents(), once)
        }
        await twin.run('sessions.complete')
        ends.push(await twin.contents())
      }
      assert.deepEqual(ends[1], ends[0])
    })

    test('law: main and complete twice change nothing', async () => {
      const twin = await newTwin()
      for (const batch of pageViewBatches({ seed: 22, batches: 2 })) await twin.stage(batch)
      await twin.run('sessions+')
      const { metadata: _, ...once } = await twin.contents()
      await twin.run('sessions+')
      await twin.run('')
      const { metadata: __, ...again } = await twin.contents()
      assert.deepEqual(again, once)
    })

    test('complete: sessions written since main stay whole, the others and NULL sessions go', async () => {
      const twin = await newTwin()
      const staged = ['equal', 'updated', 'longer', 'read'].flatMap(session => [
        pageView(`${session}-1`, session, 'u', '2024-01-01 10:00:00'),
        pageView(`${session}-2`, session, 'u', '2024-01-01 10:05:00'),
      ])
      await twin.stage([...staged, pageView('n', null, 'u', '2024-01-01 10:00:00')])
      await twin.run('sessions')
      await twin.stage(staged.filter(row => row['domain_sessionid'] === 'equal'))
      await twin.touch('updated')
      await twin.append([
        pageView('longer-3', 'longer', 'u', '2024-01-01 10:09:00'),
        pageView('new-1', 'new', 'u', '2024-01-01 11:00:00'),
        pageView('n2', null, 'u', '2024-01-01 10:00:00'),
      ])
      await twin.run('sessions.complete')
      const ids = await database.query(
        'select page_view_id from scratch.page_views_staged order by page_view_id collate "C"',
      )
      assert.deepEqual(ids.flat(), [
        'equal-1',
        'equal-2',
        'longer-1',
        'longer-2',
        'longer-3',
        'new-1',
        'updated-1',
        'updated-2',
      ])
      await twin.compare('after complete')
      await twin.run('sessions+')
      await twin.compare('after the next run')
      assert.deepEqual(await database.query('select * from scratch.page_views_staged'), [])
    })

    test('complete: a row written again in the very place of the one that was read stays', async () => {
      const twin = await newTwin()
      const place = 'select ctid from scratch.page_views_staged'
      const rows = [pageView('a', 's', 'u', '2024-01-01 10:00:00')]
      await twin.stage(rows)
      await twin.run('sessions')
      const before = await database.query(place)
      await database.query('delete from scratch.page_views_staged')
      await database.query('vacuum scratch.page_views_staged')
      await twin.stage(rows)
      assert.deepEqual(await database.query(place), before)
      await twin.run('sessions.complete')
      await twin.compare('after complete')
      assert.equal(twin.state.staged.length, 1)
    })

    test('users: several runs of sessions before users lose none', async () => {
      const twin = await newTwin()
      for (const [index, user] of ['u1', 'u2', 'u3'].entries()) {
        await twin.stage([pageView(`p${index}`, `s${index}`, user, `2024-01-0${index + 1} 10:00:00`)])
        await twin.run('sessions')
        await twin.run('sessions.complete')
      }
      await twin.run('users+')
      await twin.compare('after users')
      assert.deepEqual(await database.query('select domain_userid, sessions from derived.users order by 1'), [
        ['u1', 1],
        ['u2', 1],
        ['u3', 1],
      ])
    })

    test('users: a session that moved counts for its new user, and the old one is computed again', async () => {
      const twin = await newTwin()
      await twin.stage([
        pageView('a', 'moves', 'old', '2024-01-01 10:00:00'),
        pageView('b', 'stays', 'old', '2024-01-02 10:00:00'),
        pageView('c', 'leaves nothing', 'gone', '2024-01-02 11:00:00'),
      ])
      await twin.run('sessions+')
      await twin.stage([
        pageView('a', 'moves', 'new', '2024-01-01 10:00:00'),
        pageView('c', 'leaves nothing', null, '2024-01-02 11:00:00'),
      ])
      await twin.run('sessions+')
      await twin.compare('after the move')
      assert.deepEqual(
        await database.query('select domain_userid, sessions, start_tstamp from derived.users order by 1'),
        [
          ['new', 1, '2024-01-01 10:00:00'],
          ['old', 1, '2024-01-02 10:00:00'],
        ],
      )
    })

    test('users: sessions that tie are told apart by index and then by id', async () => {
      const twin = await newTwin()
      const [early, late] = ['2024-01-01 10:00:00', '2024-01-01 11:00:00']
      const rows = ['b', 'B', 'a', 'A', 'z'].flatMap((session, index) =>
        ['same index', 'higher index', 'no index', 'longer'].map(user => {
          const id = `${session} of ${user}`
          const sessionIndex = {
            'same index': 1,
            'higher index': index,
            'no index': null,
            longer: 7 - index,
          }[user]
          const end = user === 'longer' && index > 2 ? late : early
          const more = {
            domain_sessionidx: sessionIndex ?? null,
            end_tstamp: end,
            page_title: id,
            user_id: id,
          }
          return pageView(id, id, user, early, more)
        }),
      )
      await twin.stage(rows)
      await twin.run('sessions+')
      await twin.compare('after the run')
      const seen = await database.query(
        'select domain_userid, user_id, last_page_title from derived.users order by 1',
      )
      assert.deepEqual(seen, [
        ['higher index', 'b of higher index', 'z of higher index'],
        ['longer', 'z of longer', 'A of longer'],
        ['no index', 'A of no index', 'z of no index'],
        ['same index', 'A of same index', 'z of same index'],
      ])
    })

    test('values: quotes, template syntax, unicode and blanks survive, as keys too', async () => {
      const twin = await newTwin()
      await twin.stage(
        nasty.map((text, index) => {
          const values = {
            page_title: text,
            page_url: text,
            mkt_term: text,
            user_id: text,
            page_referrer: text,
          }
          return pageView(`p${index}`, text, text, '2024-01-01 10:00:00', values)
        }),
      )
      await twin.run('sessions+')
      await twin.compare('after the run')
      const seen = await database.query(
        'select domain_userid from derived.users where domain_userid = first_page_title and domain_userid = mkt_term',
      )
      assert.deepEqual(seen.flat().sort(), [...nasty].sort())
    })

    test('a failure at any statement of main: all of the commit or nothing of it', async () => {
      const twin = await newTwin()
      const [first = [], second = []] = pageViewBatches({ seed: 5, batches: 2, returning: 0.7 })
      await twin.stage(first)
      await twin.run('sessions+')
      await twin.stage(second)
      const beforehand = await twin.contents()
      let committed = false
      for (let at = 0; ; at += 1) {
        assert.ok(at < 200, 'main never came to its end')
        const trouble = troubleAt({ kind: at % 2 ? 'dies' : 'fails', at })
        const { code } = await twin.runs.run('sessions', twin.variables, trouble)
        if (code === 0) break
        const found = await twin.contents()
        if (!committed && isDeepStrictEqual(found, beforehand)) continue
        // Statistics and hooks come after the commit: what fails there leaves all of it.
        if (!committed) {
          committed = true
          twin.step('sessions')
          const rows = (contents: typeof found): number => (contents['metadata'] as readonly unknown[]).length
          assert.equal(rows(found), rows(beforehand) + 1, `metadata after a failure at statement ${at}`)
        }
        await twin.compare(`after a failure at statement ${at}`)
      }
      if (!committed) twin.step('sessions')
      await twin.compare('after main went through')
    })

    test('another writer at any statement: what it wrote is never lost', async () => {
      for (let at = 2; ; at += 16) {
        const twin = await newTwin()
        await twin.stage([
          pageView('a', 'longer', 'u', '2024-01-01 10:00:00'),
          pageView('b', 'other', 'u', '2024-01-01 10:00:00'),
        ])
        // Whole sessions, as page views writes them: what complete has removed is not there to be added to.
        const writes = [
          pageView('a', 'longer', 'u', '2024-01-01 10:00:00'),
          pageView('c', 'longer', 'u', '2024-01-01 10:05:00'),
          pageView('d', 'new', 'v', '2024-01-01 11:00:00'),
        ]
        let written = false
        const write: Interference = async (statement, inTransaction) => {
          // Within a transaction it would wait for its end, and this test for the writer.
          if (written || statement < at || inTransaction) return
          written = true
          await twin.stage(writes)
        }
        assert.equal((await twin.runs.run('sessions+', twin.variables, write)).code, 0)
        if (!written) break
        await twin.run('sessions+')
        assert.deepEqual(
          await database.query('select domain_sessionid, page_views from derived.sessions order by 1'),
          [
            ['longer', 2],
            ['new', 1],
            ['other', 1],
          ],
          `written before statement ${at}`,
        )
        assert.deepEqual(
          await database.query('select domain_userid, sessions, page_views from derived.users order by 1'),
          [
            ['u', 2, 3],
            ['v', 1, 1],
          ],
        )
        assert.deepEqual(await database.query('select * from scratch.page_views_staged'), [])
      }
    })
  })
}
