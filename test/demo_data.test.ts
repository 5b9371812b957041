// The demo's sample data: what is in the repository is what the generator makes, and it is what it says it is.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { eventFiles } from '../demo/generate/events.js'
import { defaultSeed } from '../demo/generate/random.js'

type Row = Readonly<Record<string, string>>

const seeds = new URL('../../demo/seeds/', import.meta.url)
const files = eventFiles(defaultSeed)
const rowsOf = (csv: string): readonly Row[] => parse<Row>(csv, { columns: true })
const events = rowsOf(files.events)
const contexts = rowsOf(files.webPages)
const pageViews = events.filter(row => row['event_name'] === 'page_view')

const groupedBy = (rows: readonly Row[], column: string): readonly (readonly Row[])[] => {
  const groups = new Map<string, Row[]>()
  for (const row of rows) groups.set(row[column] ?? '', [...(groups.get(row[column] ?? '') ?? []), row])
  return [...groups.values()]
}

const distinct = (rows: readonly Row[], column: string): number => new Set(rows.map(row => row[column])).size

/** Hours from the time in one column to that in another. */
const hours = (row: Row, from: string, to: string): number =>
  (Date.parse(`${row[to]}Z`) - Date.parse(`${row[from]}Z`)) / 3_600_000

test('demo data: the files in the repository are what the generator makes', () => {
  const inRepository = (name: string) => readFileSync(new URL(name, seeds), 'utf8')
  assert.ok(files.events === inRepository('events.csv'), 'run node dist/demo/generate/main.js')
  assert.ok(files.webPages === inRepository('com_snowplowanalytics_snowplow_web_page_1.csv'))
})

test('demo data: another seed gives other data', () => {
  assert.notEqual(eventFiles(defaultSeed + 1).events, files.events)
})

test('demo data: at least 5,000 page views and 2,000 sessions of 800 users, in less than 8 MB', () => {
  assert.ok(distinct(pageViews, 'event_id') >= 5000, `${distinct(pageViews, 'event_id')} page views`)
  assert.ok(distinct(events, 'domain_sessionid') >= 2000)
  assert.ok(distinct(events, 'domain_userid') >= 800)
  assert.ok(Buffer.byteLength(files.events) < 8_000_000)
})

test('demo data: page views, page pings and custom events', () => {
  const count = (name: string) => events.filter(row => row['event_name'] === name).length
  assert.ok(count('page_ping') > count('page_view'), 'page pings')
  for (const name of ['link_click', 'download', 'sign_up']) assert.ok(count(name) >= 10, name)
  const pings = events.filter(row => row['event_name'] === 'page_ping')
  assert.ok(pings.every(row => row['pp_yoffset_max'] !== ''))
})

test('demo data: people as they are', () => {
  const sessions = groupedBy(pageViews, 'domain_sessionid')
  const daysOf = (rows: readonly Row[]) => new Set(rows.map(row => row['derived_tstamp']?.slice(0, 10))).size
  const tied = sessions.filter(rows => distinct(rows, 'derived_tstamp') < distinct(rows, 'event_id'))
  const customers = groupedBy(
    events.filter(row => row['user_id'] !== ''),
    'user_id',
  )
  assert.ok(tied.length >= 10, 'two page views in one second')
  assert.ok(sessions.filter(rows => daysOf(rows) > 1).length >= 5, 'sessions over midnight')
  assert.ok(customers.filter(rows => distinct(rows, 'domain_userid') > 1).length >= 5, 'two devices')
  for (const mark of ['"', ',', 'ï', '静'])
    assert.ok(pageViews.some(row => row['page_title']?.includes(mark)))
  for (const column of ['user_id', 'network_userid', 'geo_city'])
    assert.ok(pageViews.some(row => row[column] === '') && pageViews.some(row => row[column] !== ''), column)
  assert.ok(events.filter(row => /[bB]ot/.test(row['useragent'] ?? '')).length >= 10, 'bots')
})

test('demo data: events are sent late, loaded late, and come more than once', () => {
  const copies = groupedBy(events, 'event_id').filter(group => group.length > 1)
  const same = ([first, ...rest]: readonly Row[]) =>
    rest.every(row => Object.keys(row).every(column => row[column] === first?.[column]))
  const sentAfter = events.map(row => hours(row, 'dvce_created_tstamp', 'dvce_sent_tstamp') / 24)
  const loadedAfter = events.map(row => hours(row, 'collector_tstamp', 'load_tstamp'))
  assert.ok(copies.filter(same).length >= 10, 'exact copies')
  assert.ok(copies.filter(group => distinct(group, 'collector_tstamp') > 1).length >= 10, 'sent again later')
  assert.ok(sentAfter.filter(days => days > 1 && days <= 3).length >= 10, 'sent late')
  assert.ok(sentAfter.filter(days => days > 3).length >= 10, 'sent too late')
  assert.ok(loadedAfter.filter(late => late >= 1).length >= 100, 'loaded late')
  assert.ok(
    loadedAfter.every(late => late > 0 && late < 6),
    'within the default lookback window',
  )
})

test('demo data: every event has its web page context, some have it twice', () => {
  const roots = new Set(contexts.map(row => `${row['root_id']} ${row['root_tstamp']}`))
  assert.ok(events.every(row => roots.has(`${row['event_id']} ${row['collector_tstamp']}`)))
  assert.ok(contexts.length > roots.size)
})
