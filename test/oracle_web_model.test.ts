// The web model's oracle against expectations worked out by hand, rule by rule; then against runs by windows,
// which must come to the same rows however the events were loaded.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { baseEvents, countedEvents } from './oracle/base.js'
import { EVENTS, IAB, PAGE_VIEWS, SESSIONS, USERS, WEB_PAGE } from './oracle/columns.js'
import { assertSameRows } from './oracle/compare.js'
import { NO_EVENT_RATES, randomVariables } from './oracle/event_rates.js'
import { webEvents } from './oracle/event_rows.js'
import { loadBatches, outsidePromise } from './oracle/load_batches.js'
import { random } from './oracle/random.js'
import type { Row, Value } from './oracle/rows.js'
import { tablesAfterRuns } from './oracle/runs.js'
import { sharedPageViews } from './oracle/settle.js'
import { NO_WEB_DATA, WEB_DEFAULTS, type WebData, type WebVariables } from './oracle/web_data.js'
import { type WebTables, webModel } from './oracle/web_model.js'

interface Sent {
  readonly event: Row
  readonly contexts: readonly Row[]
}

/** A time of 4 January 2021, or the time given. */
function at(time: string): string {
  return time.length > 15 ? time : `2021-01-04 ${time}`
}

/** An event with all its times at `time`, everything else NULL unless given, and a context with the page. */
function sent(
  id: string,
  name: string,
  session: string,
  time: string,
  page: string | null,
  more: Row = {},
): Sent {
  const row: Record<string, Value> = Object.fromEntries(EVENTS.columns.map(column => [column.name, null]))
  const times = { collector_tstamp: at(time), dvce_created_tstamp: at(time), derived_tstamp: at(time) }
  const event = { ...row, ...times, event_id: id, event_name: name, domain_sessionid: session, ...more }
  const contexts = page === null ? [] : [{ root_id: id, root_tstamp: event.collector_tstamp, id: page }]
  return { event, contexts }
}

const view = (id: string, session: string, time: string, page: string | null, more: Row = {}): Sent =>
  sent(id, 'page_view', session, time, page, more)
const ping = (id: string, session: string, time: string, page: string, more: Row = {}): Sent =>
  sent(id, 'page_ping', session, time, page, more)

function dataOf(...all: readonly Sent[]): WebData {
  return { ...NO_WEB_DATA, events: all.map(one => one.event), webPages: all.flatMap(one => one.contexts) }
}

function variables(fixed: Partial<WebVariables> = {}): WebVariables {
  return { ...WEB_DEFAULTS, start_date: '2021-01-04', ...fixed }
}

function tables(all: readonly Sent[], fixed: Partial<WebVariables> = {}): WebTables {
  return webModel(dataOf(...all), variables(fixed))
}

/** Only the named columns of the rows, for expectations that are about them. */
function only(rows: readonly Row[], ...columns: readonly string[]): Value[][] {
  return rows.map(row => columns.map(column => row[column] ?? null))
}

function countedIds(all: readonly Sent[], fixed: Partial<WebVariables> = {}): Value[] {
  return only(countedEvents(dataOf(...all).events, variables(fixed)), 'event_id').flat()
}

describe('web model oracle: base', () => {
  test('rule 1: start_date, session id, application, days late to the microsecond', () => {
    const three = '2021-01-07 10:00:00'
    const all = [
      view('early', 's', '2021-01-03 23:59:59.999999', 'p'),
      view('first', 's', '00:00:00', 'p'),
      view('null-session', 's', '10:00:00', 'p', { domain_sessionid: null }),
      view('on-the-dot', 's', '10:00:00', 'p', { dvce_sent_tstamp: three }),
      view('too-late', 's', '10:00:00', 'p', { dvce_sent_tstamp: `${three}.000001` }),
      view('no-created', 's', '10:00:00', 'p', {
        dvce_sent_tstamp: '2022-01-01 00:00:00',
        dvce_created_tstamp: null,
      }),
      view('web', 's', '10:00:00', 'p', { app_id: 'web' }),
    ]
    assert.deepEqual(countedIds(all), ['first', 'on-the-dot', 'no-created', 'web'])
    assert.deepEqual(countedIds(all, { app_ids: ['web'] }), ['web'])
    assert.deepEqual(countedIds(all, { days_late_allowed: 0 }), ['first', 'no-created', 'web'])
  })

  test('rule 2: exactly max_session_days after the first counted event counts, a microsecond more does not', () => {
    // The event at 00:00 was sent too late and does not count, so the session begins at 10:00.
    const all = [
      view('x', 's', '00:00:00', 'p', { dvce_sent_tstamp: '2021-02-01 00:00:00' }),
      view('a', 's', '10:00:00', 'p'),
      view('b', 's', '2021-01-07 10:00:00', 'q'),
      view('c', 's', '2021-01-07 10:00:00.000001', 'r'),
      view('d', 's', '2022-01-04 10:00:00.000001', 't'),
    ]
    assert.deepEqual(countedIds(all), ['a', 'b'])
    assert.deepEqual(countedIds(all, { max_session_days: 0.5 }), ['a'])
    // No limit but session_lookback_days: 4 January 2022 is 365 days later.
    assert.deepEqual(countedIds(all, { max_session_days: null }), ['a', 'b', 'c'])
  })

  test('rule 3: first keeps the least copy within a session, exclude none', () => {
    const all = [
      view('e', 's', '10:00:00', 'p', { page_url: null, page_title: 'a' }),
      view('e', 's', '10:00:00', 'p', { page_url: '/b', page_title: 'b' }),
      view('e', 's', '10:00:00', 'p', { page_url: '/b', page_title: 'a' }),
      view('e', 't', '09:00:00', 'p', { page_url: '/t' }),
    ]
    // A NULL url comes last: /b with title a is the least of s.
    const kept = baseEvents(dataOf(...all), variables())
    assert.deepEqual(only(kept, 'domain_sessionid', 'page_url', 'page_title'), [
      ['s', '/b', 'a'],
      ['t', '/t', null],
    ])
    const excluded = baseEvents(dataOf(...all), variables({ event_dedupe: 'exclude' }))
    assert.deepEqual(only(excluded, 'domain_sessionid'), [['t']])
  })

  test('context: twice is once, of several the smallest, another root_tstamp is none', () => {
    const doubled = view('e', 's', '10:00:00', 'p2')
    const contexts = [
      ...doubled.contexts,
      { root_id: 'e', root_tstamp: '2021-01-04 10:00:00.0', id: 'p10' },
      { root_id: 'e', root_tstamp: '2021-01-04 10:00:00', id: null },
      { root_id: 'e', root_tstamp: '2021-01-04 10:00:01', id: 'p0' },
      ...doubled.contexts,
    ]
    const kept = baseEvents({ ...dataOf(doubled), webPages: contexts }, variables())
    assert.deepEqual(only(kept, 'event_id', 'page_view_id'), [['e', 'p10']])
    assert.deepEqual(
      Object.keys(contexts[0] ?? {}),
      WEB_PAGE.columns.map(column => column.name),
    )
  })
})

describe('web model oracle: page views', () => {
  test('engagement: beats are tens of seconds since 1970, pings of another session do not count', () => {
    // Pings at :05, :09.9 (one beat), :20 and :31.5: 3 beats, 10 * 2 + 5 = 25 s engaged. 31.5 - 0.9 floors to 31.
    const all = [
      view('v', 's', '10:00:00.9', 'p'),
      ping('1', 's', '10:00:05', 'p'),
      ping('2', 's', '10:00:09.9', 'p'),
      ping('3', 's', '10:00:20', 'p'),
      ping('4', 's', '10:00:31.5', 'p'),
      ping('5', 's', '10:09:00', 'p', { derived_tstamp: null }),
      ping('6', 'other', '10:05:00', 'p'),
      view('w', 's', '10:01:00', 'q'),
    ]
    const columns = ['page_view_id', 'end_tstamp', 'engaged_time_in_s', 'absolute_time_in_s']
    assert.deepEqual(only(tables(all).pageViews, ...columns), [
      ['p', '2021-01-04 10:00:31.5', 25, 31],
      ['q', '2021-01-04 10:01:00', 0, 0],
    ])
    // Beats of 30 s: :05 to :20 are one, :31.5 is another: 30 + 7.
    const slow = tables(all, { heartbeat: 30, minimum_visit_length: 7 }).pageViews
    assert.deepEqual(only(slow, 'engaged_time_in_s'), [[37], [0]])
  })

  test('engagement: a ping before the page view counts as a beat and does not move the end', () => {
    const all = [view('v', 's', '10:00:00', 'p'), ping('1', 's', '09:59:00', 'p')]
    assert.deepEqual(only(tables(all).pageViews, 'end_tstamp', 'engaged_time_in_s', 'absolute_time_in_s'), [
      ['2021-01-04 10:00:00', 5, 0],
    ])
  })

  test('scroll: least of what was seen and the document, halves up, NULL without a document', () => {
    // Width 8: offset -5 and NULL make 0, so 0 pixels; 0 + view 1 of 8 = 12.5 %, 13. Height 200: the ping's
    // offset 300 is cut to 200 pixels, 100 %. The event of height 0 is not looked at, though its width is 80.
    const size = { doc_width: 8, doc_height: 200, br_viewwidth: 1 }
    const all = [
      view('v', 's', '10:00:00', 'p', { ...size, pp_xoffset_max: -5 }),
      ping('1', 's', '10:00:10', 'p', { ...size, pp_yoffset_max: 300, br_viewheight: 50 }),
      ping('2', 's', '10:00:20', 'p', { doc_width: 80, doc_height: 0, pp_xoffset_max: 70 }),
      view('w', 's', '10:01:00', 'q', { doc_width: 80 }),
    ]
    const columns = [
      'horizontal_pixels_scrolled',
      'horizontal_percentage_scrolled',
      'vertical_pixels_scrolled',
      'vertical_percentage_scrolled',
    ]
    assert.deepEqual(only(tables(all).pageViews, ...columns), [
      [0, 13, 200, 100],
      [null, null, null, null],
    ])
  })

  test('numbering: after bots and copies are gone, without gaps, ties by event id', () => {
    const all = [
      view('2', 's', '10:00:00', 'b'),
      view('1', 's', '10:00:00', 'a'),
      view('3', 's', '10:00:01', 'a', { page_title: 'copy' }),
      view('4', 's', '10:00:02', 'bot', { useragent: 'Some crawler' }),
      view('5', 's', '10:00:03', 'c', { useragent: 'CUBOT' }),
      view('6', 's', '10:00:04', null),
      view('7', 's', '10:00:05', 'd', { derived_tstamp: null }),
    ]
    const columns = ['page_view_id', 'event_id', 'page_view_in_session_index', 'page_views_in_session']
    assert.deepEqual(only(tables(all).pageViews, ...columns), [
      ['a', '1', 1, 3],
      ['b', '2', 2, 3],
      ['c', '5', 3, 3],
    ])
    assert.deepEqual(only(tables(all, { page_view_dedupe: 'exclude' }).pageViews, ...columns), [
      ['b', '2', 1, 2],
      ['c', '5', 2, 2],
    ])
    assert.equal(tables(all, { ua_bot_filter: false }).pageViews.length, 4)
  })

  test('a page view id in two sessions: the first in the order stands, the other session may vanish', () => {
    const all = [
      view('1', 's', '10:00:00', 'p'),
      view('2', 't', '11:00:00', 'p'),
      ping('3', 't', '11:00:10', 'p'),
    ]
    const { pageViews, sessions } = tables(all)
    assert.deepEqual(only(pageViews, 'domain_sessionid', 'engaged_time_in_s'), [['s', 0]])
    assert.deepEqual(only(sessions, 'domain_sessionid'), [['s']])
    const [shared] = sharedPageViews(dataOf(...all), variables())
    assert.equal(shared?.determined, true)
  })

  test('enrichments: the least row when switched on, NULL when off, never the event column of the name', () => {
    const one = view('v', 's', '10:00:00', 'p', { os_family: 'event' })
    const root = { root_id: 'v', root_tstamp: '2021-01-04 10:00:00' }
    const rows = [
      { ...root, category: null, primary_impact: 'a', reason: 'a', spider_or_robot: false },
      { ...root, category: 'b', primary_impact: null, reason: 'a', spider_or_robot: true },
      { ...root, category: 'b', primary_impact: 'c', reason: null, spider_or_robot: false },
    ]
    const data = { ...dataOf(one), iab: rows }
    const columns = ['category', 'primary_impact', 'spider_or_robot', 'os_family']
    // Category b before NULL, then impact c before NULL.
    assert.deepEqual(only(webModel(data, variables({ iab: true })).pageViews, ...columns), [
      ['b', 'c', false, null],
    ])
    assert.deepEqual(only(webModel(data, variables()).pageViews, ...columns), [[null, null, null, null]])
    assert.equal(IAB.columns.length, 6)
  })
})

describe('web model oracle: sessions and users', () => {
  const user = { domain_userid: 'u', domain_sessionidx: 1 }

  test('users: over all sessions; ties of the first by index, of the last by a greatest that NULL never wins', () => {
    // a and b begin together: a is first by its index 1. a and c end together at 11:00 and c began later, so c is
    // last. n ends at 11:00 too and began when c did, but its NULL index never wins.
    const all = [
      view('1', 'b', '10:00:00', 'p1', { ...user, domain_sessionidx: 2, page_url: '/b' }),
      view('2', 'a', '10:00:00', 'p2', { ...user, page_url: '/a', user_id: 'login', page_referrer: 'ref' }),
      ping('3', 'a', '11:00:00', 'p2', user),
      view('4', 'c', '11:00:00', 'p3', { ...user, page_url: '/c' }),
      view('5', 'n', '11:00:00', 'p4', { ...user, domain_sessionidx: null, page_url: '/n' }),
      view('6', 'z', '12:00:00', 'p5', { domain_userid: null }),
    ]
    const { users, sessions } = tables(all)
    assert.equal(sessions.length, 5)
    const columns = [
      'domain_userid',
      'user_id',
      'referrer',
      'first_page_url',
      'last_page_url',
      'sessions',
      'page_views',
    ]
    assert.deepEqual(only(users, ...columns), [['u', 'login', 'ref', '/a', '/c', 4, 4]])
    const totals = ['start_tstamp', 'end_tstamp', 'engaged_time_in_s']
    assert.deepEqual(only(users, ...totals), [['2021-01-04 10:00:00', '2021-01-04 11:00:00', 5]])
  })

  test('users: a session belongs to the user of its first page view', () => {
    const all = [
      view('1', 's', '10:00:00', 'p1', { domain_userid: 'u1' }),
      view('2', 's', '10:01:00', 'p2', { domain_userid: 'u2' }),
    ]
    assert.deepEqual(only(tables(all).users, 'domain_userid', 'page_views'), [['u1', 2]])
  })

  test('columns: 98, 90 and 38, in their order', () => {
    const { pageViews, sessions, users } = tables([view('1', 's', '10:00:00', 'p', user)])
    for (const [rows, table, count] of [
      [pageViews, PAGE_VIEWS, 98],
      [sessions, SESSIONS, 90],
      [users, USERS, 38],
    ] as const) {
      assert.deepEqual(
        Object.keys(rows[0] ?? {}),
        only(
          table.columns.map(column => ({ n: column.name })),
          'n',
        ).flat(),
      )
      assert.equal(table.columns.length, count)
    }
  })
})

describe('loads', () => {
  const lookback = variables({ lookback_window_hours: 6 })
  const first = view('1', 's', '18:00:00', 'p')

  test('promise: six hours behind the newest event is found, more is not, unless its session goes on', () => {
    const inTime = dataOf(view('2', 't', '12:00:00', 'q'))
    const late = dataOf(view('2', 't', '11:59:59.999999', 'q'))
    const company = dataOf(view('3', 't', '19:00:00', 'r'))
    assert.deepEqual(outsidePromise([dataOf(first), inTime], lookback), [])
    assert.equal(outsidePromise([dataOf(first), late], lookback).length, 1)
    assert.deepEqual(outsidePromise([dataOf(first), late, company], lookback), [])
  })

  test('promise: late contexts, changed late copies, equal ones under exclude', () => {
    const bare = { ...first, contexts: [] }
    const contexts = { ...NO_WEB_DATA, webPages: first.contexts }
    assert.equal(outsidePromise([dataOf(bare), contexts], lookback).length, 1)
    assert.deepEqual(outsidePromise([contexts, dataOf(bare)], lookback), [])
    assert.deepEqual(outsidePromise([dataOf(first), dataOf(first)], lookback), [])
    const changed = view('1', 's', '18:00:00', 'p', { page_url: '/copy' })
    assert.equal(outsidePromise([dataOf(first), dataOf(changed)], lookback).length, 1)
    const exclude = { ...lookback, event_dedupe: 'exclude' as const }
    assert.equal(outsidePromise([dataOf(first), dataOf(first)], exclude).length, 1)
  })

  test('generator: without adversity every session is there', () => {
    const plain = variables({ max_session_days: null })
    const data = webEvents({ seed: 1, variables: plain, sessions: 12, rates: NO_EVENT_RATES })
    const { sessions, pageViews } = webModel(data, { ...plain, start_date: '2021-01-03' })
    assert.equal(sessions.length, 12)
    assert.equal(pageViews.length, data.events.filter(event => event['event_name'] === 'page_view').length)
  })

  test('law: runs by windows come to the same rows, however the events were loaded', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const from = random(seed)
      const settings = randomVariables(from)
      const data = webEvents({ seed, variables: settings })
      const loads = loadBatches(data, settings, { seed })
      assert.deepEqual(outsidePromise(loads, settings), [], `seed ${seed}`)
      const expected = webModel(data, settings)
      const actual = tablesAfterRuns(loads, settings, from)
      assertSameRows(expected.pageViews, actual.pageViews, PAGE_VIEWS, `seed ${seed}`)
      assertSameRows(expected.sessions, actual.sessions, SESSIONS, `seed ${seed}`)
      assertSameRows(expected.users, actual.users, USERS, `seed ${seed}`)
    }
  })
})
