// The demo's sample data: what is in the repository is what the generator makes, and it is what it says it is.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { eventFiles } from '../demo/generate/events.js'
import { pageViewsCsv } from '../demo/generate/page_views.js'
import { defaultSeed } from '../demo/generate/random.js'

type Row = Readonly<Record<string, string>>

const inRepository = new URL('../../demo/seeds/page_views_staged.csv', import.meta.url)
const text = pageViewsCsv(defaultSeed)
const pageViews = rowsOf(text)
const files = eventFiles(defaultSeed)
const events = rowsOf(files.events)

function rowsOf(csv: string): readonly Row[] {
  return parse<Row>(csv, { columns: true })
}

const groupedBy = (rows: readonly Row[], column: string): readonly (readonly Row[])[] => {
  const groups = new Map<string, Row[]>()
  for (const row of rows) groups.set(row[column] ?? '', [...(groups.get(row[column] ?? '') ?? []), row])
  return [...groups.values()]
}

const distinct = (rows: readonly Row[], column: string): number => new Set(rows.map(row => row[column])).size

test('demo data: page_views_staged.csv in the repository is what the generator makes', () => {
  assert.ok(text === readFileSync(inRepository, 'utf8'), 'run node dist/demo/generate/main.js page-views')
})

test('demo data: another seed gives other data', () => {
  assert.notEqual(pageViewsCsv(defaultSeed + 1), text)
})

test('demo data: at least 5,000 page views and 2,000 sessions of 800 users, in less than 3 MB', () => {
  assert.ok(pageViews.length >= 5000, `${pageViews.length} page views`)
  assert.ok(distinct(pageViews, 'domain_sessionid') >= 2000)
  assert.ok(distinct(pageViews, 'domain_userid') >= 800)
  assert.ok(Buffer.byteLength(text) < 3_000_000)
})

test('demo data: page_view_in_session_index runs 1..n in each session', () => {
  for (const session of groupedBy(pageViews, 'domain_sessionid')) {
    const indexes = session.map(row => Number(row['page_view_in_session_index']))
    assert.deepEqual(
      indexes,
      session.map((_, i) => i + 1),
    )
    assert.ok(session.every(row => Number(row['page_views_in_session']) === session.length))
  }
})

test('demo data: keys are unique, no time is negative', () => {
  assert.equal(distinct(pageViews, 'page_view_id'), pageViews.length)
  assert.equal(distinct(pageViews, 'event_id'), pageViews.length)
  for (const row of pageViews) {
    assert.ok((row['end_tstamp'] ?? '') >= (row['start_tstamp'] ?? '9'), row['page_view_id'])
    assert.ok(Number(row['absolute_time_in_s']) >= 0 && Number(row['engaged_time_in_s']) >= 0)
  }
})

test('demo data: page views have the quirks of real ones', () => {
  const sessions = groupedBy(pageViews, 'domain_sessionid')
  const daysOf = (rows: readonly Row[]) => new Set(rows.map(row => row['start_tstamp']?.slice(0, 10))).size
  const tied = sessions.filter(rows => distinct(rows, 'start_tstamp') < rows.length)
  const customers = groupedBy(
    pageViews.filter(row => row['user_id'] !== ''),
    'user_id',
  )
  assert.ok(tied.length >= 10, 'two page views in one second')
  assert.ok(sessions.filter(rows => daysOf(rows) > 1).length >= 5, 'sessions over midnight')
  assert.ok(customers.filter(rows => distinct(rows, 'domain_userid') > 1).length >= 5, 'two devices')
  for (const mark of ['"', ',', 'ï', '静'])
    assert.ok(pageViews.some(row => row['page_title']?.includes(mark)))
  for (const column of ['user_id', 'network_userid', 'geo_city', 'vertical_pixels_scrolled']) {
    assert.ok(pageViews.some(row => row[column] === '') && pageViews.some(row => row[column] !== ''), column)
  }
})

test('demo data: events hold every page view, and what a pipeline does to events', () => {
  const copies = groupedBy(events, 'event_id').filter(group => group.length > 1)
  const daysLate = (row: Row) =>
    (Date.parse(`${row['dvce_sent_tstamp']}Z`) - Date.parse(`${row['dvce_created_tstamp']}Z`)) / 86_400_000
  const sent = new Set(events.map(row => `${row['event_id']} ${row['collector_tstamp']}`))
  assert.ok(pageViews.every(row => sent.has(`${row['event_id']} ${row['collector_tstamp']}`)))
  assert.ok(copies.filter(group => distinct(group, 'collector_tstamp') === 1).length >= 10, 'sent twice')
  assert.ok(copies.filter(group => distinct(group, 'collector_tstamp') > 1).length >= 10, 'sent again later')
  assert.ok(events.filter(row => daysLate(row) > 1 && daysLate(row) <= 3).length >= 10, 'late')
  assert.ok(events.filter(row => daysLate(row) > 3).length >= 10, 'too late')
  assert.ok(events.filter(row => /[bB]ot/.test(row['useragent'] ?? '')).length >= 10, 'bots')
  assert.ok(Buffer.byteLength(files.events) < 8_000_000)
})

test('demo data: every event has its web page context, some have it twice', () => {
  const contexts = rowsOf(files.webPages)
  const roots = new Set(contexts.map(row => `${row['root_id']} ${row['root_tstamp']}`))
  assert.ok(events.every(row => roots.has(`${row['event_id']} ${row['collector_tstamp']}`)))
  assert.ok(contexts.length > roots.size)
})
