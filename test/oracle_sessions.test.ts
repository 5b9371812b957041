// The sessions oracle against expectations worked out by hand: an oracle that is wrong proves nothing.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PAGE_VIEWS, SESSIONS } from './oracle/columns.js'
import { assertSameRows, differences } from './oracle/compare.js'
import { pageViewBatches } from './oracle/page_view_rows.js'
import { random } from './oracle/random.js'
import { formatTime, parseTime, type Row, type Value } from './oracle/rows.js'
import { sessionsFrom } from './oracle/sessions.js'
import { SessionsState } from './oracle/sessions_state.js'

/** A staged page view at a time of 2 March 2021, everything else NULL unless given. */
function pageView(id: string, session: string | null, at: string | null, more: Row = {}): Row {
  const row: Record<string, Value> = Object.fromEntries(PAGE_VIEWS.columns.map(({ name }) => [name, null]))
  const start = at === null ? null : at.length > 15 ? at : `2021-03-02 ${at}`
  const times = { derived_tstamp: start, start_tstamp: start, end_tstamp: start }
  return { ...row, ...times, page_view_id: id, event_id: `e-${id}`, domain_sessionid: session, ...more }
}

/** Only the named columns of the rows, for expectations that are about them. */
function only(rows: readonly Row[], ...columns: readonly string[]): Value[][] {
  return rows.map(row => columns.map(column => row[column] ?? null))
}

describe('sessions oracle', () => {
  test('times: least start, greatest end, whole seconds by the floor of each', () => {
    // a: 10:00:00.9 to 10:00:05, b: 10:00:30 to 10:01:00.1. floor(10:01:00.1) - floor(10:00:00.9) = 60 s,
    // though only 59.2 s passed. Engaged: 15 + NULL = 15.
    const rows = [
      pageView('b', 's', '10:00:30', { end_tstamp: '2021-03-02 10:01:00.1' }),
      pageView('a', 's', '10:00:00.9', { end_tstamp: '2021-03-02 10:00:05', engaged_time_in_s: 15 }),
    ]
    const columns = ['start_tstamp', 'end_tstamp', 'page_views', 'engaged_time_in_s', 'absolute_time_in_s']
    assert.deepEqual(only(sessionsFrom(rows), ...columns), [
      ['2021-03-02 10:00:00.9', '2021-03-02 10:01:00.1', 2, 15, 60],
    ])
  })

  test('times: floors go down before 1970 too', () => {
    // -0.5 s is in second -1, +0.5 s in second 0: one second between.
    const rows = [
      pageView('a', 's', '1969-12-31 23:59:59.5'),
      pageView('b', 's', '1970-01-01 00:00:00.500000'),
    ]
    assert.deepEqual(only(sessionsFrom(rows), 'start_tstamp', 'absolute_time_in_s'), [
      ['1969-12-31 23:59:59.5', 1],
    ])
  })

  test('NULLs: no times at all still make a session, with 0 engaged and NULL absolute', () => {
    const rows = [pageView('a', 's', null), pageView('b', null, '10:00:00')]
    const columns = [
      'domain_sessionid',
      'start_tstamp',
      'page_views',
      'engaged_time_in_s',
      'absolute_time_in_s',
    ]
    assert.deepEqual(only(sessionsFrom(rows), ...columns), [['s', null, 1, 0, null]])
  })

  test('first and last: by start, NULL last, ties by the order, then by event id as bytes', () => {
    // Same start and derived: e-B before e-a (0x42 < 0x61). The page view without a start is the last.
    const rows = [
      pageView('a', 's', '10:00:00', { page_url: '/a', page_referrer: 'from a', geo_country: 'NO' }),
      pageView('n', 's', null, { page_url: '/n' }),
      pageView('B', 's', '10:00:00', { page_url: '/B', page_referrer: 'from B', geo_country: 'SE' }),
    ]
    const columns = ['first_page_url', 'last_page_url', 'referrer', 'geo_country', 'page_views']
    assert.deepEqual(only(sessionsFrom(rows), ...columns), [['/B', '/n', 'from B', 'SE', 3]])
  })

  test('first and last: start goes before derived', () => {
    const rows = [
      pageView('a', 's', '10:00:00', { page_url: '/a', start_tstamp: '2021-03-02 11:00:00' }),
      pageView('b', 's', '10:30:00', { page_url: '/b' }),
    ]
    assert.deepEqual(only(sessionsFrom(rows), 'first_page_url', 'last_page_url'), [['/b', '/a']])
  })

  test('text: an emoji sorts after U+FF5E, by code point and not by UTF-16 unit', () => {
    const rows = [
      pageView('1', 's', '10:00:00', { event_id: '\u{1f600}', page_url: '/emoji' }),
      pageView('2', 's', '10:00:00', { event_id: '\uff5e', page_url: '/tilde' }),
    ]
    assert.deepEqual(only(sessionsFrom(rows), 'first_page_url', 'last_page_url'), [['/tilde', '/emoji']])
  })

  test('copies: one counts, the first in the order, though its start is later', () => {
    // Copy 2 is first by derived (10:00:01 < 10:00:02): its engaged 7 and start 12:00 count, copy 1 not at all.
    const rows = [
      pageView('a', 's', '10:00:02', { event_id: '1', engaged_time_in_s: 100 }),
      pageView('a', 's', '10:00:01', {
        event_id: '2',
        engaged_time_in_s: 7,
        start_tstamp: '2021-03-02 12:00:00',
        end_tstamp: '2021-03-02 12:00:00',
      }),
      pageView('a', 'other', '09:00:00', { event_id: '3', engaged_time_in_s: 1 }),
    ]
    assert.deepEqual(
      only(sessionsFrom(rows), 'domain_sessionid', 'start_tstamp', 'page_views', 'engaged_time_in_s'),
      [
        ['s', '2021-03-02 12:00:00', 1, 7],
        ['other', '2021-03-02 09:00:00', 1, 1],
      ],
    )
  })

  test('columns: all 90, in their order', () => {
    const [row] = sessionsFrom([pageView('a', 's', '10:00:00')])
    assert.deepEqual(
      Object.keys(row ?? {}),
      SESSIONS.columns.map(column => column.name),
    )
    assert.equal(SESSIONS.columns.length, 90)
    assert.equal(PAGE_VIEWS.columns.length, 98)
  })

  test('law: the order in which rows come does not matter, whatever is in them', () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      for (const batch of pageViewBatches({ seed })) {
        const shuffled = random(seed).shuffle(batch)
        assertSameRows(sessionsFrom(batch), sessionsFrom(shuffled), SESSIONS, `seed ${seed}`)
      }
    }
  })
})

describe('sessions state oracle', () => {
  const old = pageView('a', 's', '2021-01-01 00:00:00', { domain_userid: 'u1' })
  const fresh = pageView('b', 's', '10:00:00', { domain_userid: 'u2' })

  /** Session s is in derived since 1 January; its only page view is now of 2 March 10:00, 60.4 days later. */
  function returned(onLookbackMiss: 'widen' | 'error' | 'ignore', days: number | null): SessionsState {
    const state = new SessionsState({ upsertLookbackDays: days, onLookbackMiss })
    state.stage([old])
    state.main()
    state.complete()
    state.takeUserIds()
    state.stage([fresh])
    return state
  }

  test('lookback: widen replaces the row outside the window and says what stood there', () => {
    const state = returned('widen', 30)
    // 1 January to 2 March 10:00 are 31 + 28 + 1 days and 10 hours: 61 whole days find it.
    assert.deepEqual(state.main().miss, { rows: 1, earliest: '2021-01-01 00:00:00', daysThatWouldDo: 61 })
    assert.deepEqual(only(state.derived, 'domain_sessionid', 'domain_userid'), [['s', 'u2']])
    assert.deepEqual(
      [...state.stagedUserIds],
      [
        { domain_userid: 'u2', start_tstamp: '2021-03-02 10:00:00' },
        { domain_userid: 'u1', start_tstamp: '2021-01-01 00:00:00' },
      ],
    )
  })

  test('lookback: 61 days are enough, and null is the whole table', () => {
    for (const days of [61, null]) {
      const state = returned('error', days)
      assert.deepEqual(state.main(), { rows: 1, done: true, miss: undefined })
      assert.equal(state.derived.length, 1)
    }
  })

  test('lookback: error changes nothing', () => {
    const state = returned('error', 60)
    assert.equal(state.main().done, false)
    assert.deepEqual(only(state.derived, 'domain_userid'), [['u1']])
    assert.deepEqual([...state.stagedUserIds], [])
    state.complete()
    assert.equal(state.pageViewsStaged.length, 1)
  })

  test('lookback: ignore leaves the duplicate', () => {
    const state = returned('ignore', 0)
    state.main()
    assert.deepEqual(only(state.derived, 'domain_sessionid', 'domain_userid'), [
      ['s', 'u1'],
      ['s', 'u2'],
    ])
  })

  test('complete: a session written again after main stays whole, equal values or not', () => {
    const state = new SessionsState({ upsertLookbackDays: 30, onLookbackMiss: 'widen' })
    const other = pageView('c', 't', '10:00:00')
    state.stage([old, other, pageView('d', null, '10:00:00')])
    state.main()
    state.stage([old])
    state.append([pageView('e', 't', '11:00:00')])
    state.complete()
    // s: its row was written again. t: row e came after main, so row c stays with it. NULL session: gone.
    assert.deepEqual(only(state.pageViewsStaged, 'page_view_id'), [['c'], ['a'], ['e']])
    state.main()
    state.complete()
    assert.deepEqual(state.pageViewsStaged, [])
    assert.deepEqual(only(state.derived, 'domain_sessionid', 'page_views').sort(), [
      ['s', 1],
      ['t', 2],
    ])
  })

  test('staged user ids: one row per user, the earlier start, NULL never wins, no NULL user', () => {
    const state = new SessionsState({ upsertLookbackDays: null, onLookbackMiss: 'widen' })
    state.stage([
      pageView('a', 's1', null, { domain_userid: 'u' }),
      pageView('b', 's2', '11:00:00', { domain_userid: 'u' }),
      pageView('c', 's3', '09:00:00'),
    ])
    state.main()
    state.stage([pageView('d', 's4', '10:00:00', { domain_userid: 'u' })])
    state.main()
    assert.deepEqual([...state.stagedUserIds], [{ domain_userid: 'u', start_tstamp: '2021-03-02 10:00:00' }])
  })
})

describe('row comparison', () => {
  const rows = sessionsFrom([pageView('a', 's', '10:00:00.5'), pageView('b', 't', '10:00:00')])

  test('timestamps: trailing zeros make no difference', () => {
    const written = rows.map(row => ({
      ...row,
      start_tstamp: `${row['start_tstamp']}`.replace('.5', '.500000'),
    }))
    assert.deepEqual(differences(rows, written, SESSIONS), [])
    assert.equal(formatTime(parseTime('2021-03-02 10:00:00.000100')), '2021-03-02 10:00:00.0001')
  })

  test('differences: a value, a type, a missing, an extra, a doubled row, a missing column', () => {
    const [s, t] = rows as [Row, Row]
    assert.deepEqual(differences(rows, [{ ...s, page_views: 2 }, t], SESSIONS), [
      '["s"]: page_views: expected 1, found 2',
    ])
    assert.deepEqual(differences(rows, [{ ...s, page_views: '1' }, t], SESSIONS), [
      '["s"]: page_views: expected 1, found "1"',
    ])
    assert.deepEqual(differences(rows, [s], SESSIONS), ['["t"]: missing: 1 rows expected, 0 found'])
    assert.deepEqual(differences([s], [t, s], SESSIONS), ['["t"]: extra: 0 rows expected, 1 found'])
    assert.deepEqual(differences([s], [s, s], SESSIONS), ['["s"]: doubled or lost: 1 rows expected, 2 found'])
    const { referrer: _, ...without } = s
    assert.deepEqual(differences([s], [without], SESSIONS), ['missing column referrer'])
  })
})
