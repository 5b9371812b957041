// The data that runs are disturbed on: events in two loads, so that the second run goes on with sessions of the first, takes
// some away, and reads late and repeated events; the project, which is the demo's; and every table as the oracle says it.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageDirectory } from '../command_line.js'
import { baseEvents, countedEvents } from '../oracle/base.js'
import { PAGE_VIEWS, SESSIONS, type Table, USERS } from '../oracle/columns.js'
import { webEvents } from '../oracle/event_rows.js'
import { loadBatches } from '../oracle/load_batches.js'
import { groupBy, least, number, type Row, sum, text, time, timeText, value } from '../oracle/rows.js'
import { joined, WEB_DEFAULTS, type WebData, type WebVariables } from '../oracle/web_data.js'
import { webModel } from '../oracle/web_model.js'
import { type TestProject, temporaryProject } from '../support.js'

export interface Corpus {
  readonly variables: WebVariables
  readonly loads: readonly WebData[]
}

/** One run reads everything that is loaded. */
const variables: WebVariables = { ...WEB_DEFAULTS, start_date: '2024-01-01', update_cadence_days: 365 }

/** Events of a seed in loads; some are downloads, and some page views of pages that the demo's models count. */
export function corpusOf(seed: number, loads = 2, sessions = 12): Corpus {
  const rates = { quiet: 0, emptied: 0.3, equalCopy: 0.08, custom: 0.3, longSession: 0.3, userChange: 0.1 }
  const data = webEvents({ seed, variables, sessions, pageViews: 3, rates })
  const demo = { ...data, events: data.events.map(likeTheDemo) }
  return { variables, loads: loadBatches(demo, variables, { seed, loads, late: 0.5 }) }
}

const paths = ['/docs/setup', '/blog/news', '/signup', '/pricing'] as const

/** Copies of an event stay copies: what changes depends on the event id. */
function likeTheDemo(event: Row): Row {
  const name = event['event_name'] === 'link_click' ? 'download' : (event['event_name'] ?? null)
  const at = [...String(event['event_id'])].reduce((all, letter) => all + letter.charCodeAt(0), 0)
  return { ...event, event_name: name, page_urlpath: paths[at % paths.length] ?? null }
}

/** The demo's models, with the variables of the corpus. */
export function corpusProject(corpus: Corpus, profiles = ''): TestProject {
  const model = (name: string): string => readFileSync(join(packageDirectory, 'demo', 'models', name), 'utf8')
  const names = ['session_downloads.sql', 'session_interests.sql']
  const vars = { ...corpus.variables, custom: { signup_path: '/signup' } }
  return temporaryProject({
    'seshat.yml': `name: t\nprofile: test\nvars: ${JSON.stringify(vars)}\n`,
    ...Object.fromEntries(names.map(name => [`models/${name}`, model(name)])),
    ...(profiles === '' ? {} : { 'profiles.yml': profiles }),
  })
}

const custom = (name: string, columns: string): Table => ({
  name,
  key: ['domain_sessionid'],
  columns: columns.split(' ').map(column => ({
    name: column,
    kind: /tstamp|start/.test(column) ? 'timestamp' : 'int',
    length: 0,
  })),
})
const DOWNLOADS = custom('session_downloads', 'domain_sessionid session_start downloads')
const INTERESTS = custom(
  'session_interests',
  'domain_sessionid start_tstamp mkt_campaign docs_pages blog_pages engaged_time_in_s signed_up',
)

/** All public tables, once everything is read. */
export function corpusTables({ loads, variables }: Corpus): readonly (readonly [Table, readonly Row[]])[] {
  const data = joined(loads)
  const { pageViews, sessions, users } = webModel(data, variables)
  return [
    [PAGE_VIEWS, pageViews],
    [SESSIONS, sessions],
    [USERS, users],
    [DOWNLOADS, downloads(data, variables)],
    [INTERESTS, interests(pageViews, sessions)],
  ]
}

const sessionOf = (row: Row): string | null => text(row, 'domain_sessionid')

function downloads(data: WebData, variables: WebVariables): readonly Row[] {
  const starts = groupBy(countedEvents(data.events, variables), sessionOf)
  const found = baseEvents(data, variables).filter(event => event['event_name'] === 'download')
  return [...groupBy(found, sessionOf)].map(([session, events]) => ({
    domain_sessionid: session,
    session_start: timeText(least((starts.get(session) ?? []).map(event => time(event, 'collector_tstamp')))),
    downloads: events.length,
  }))
}

function interests(pageViews: readonly Row[], sessions: readonly Row[]): readonly Row[] {
  const bySession = groupBy(pageViews, sessionOf)
  return sessions.map(session => {
    const views = bySession.get(String(sessionOf(session))) ?? []
    const under = (path: string): number =>
      views.filter(view => String(view['page_urlpath']).startsWith(path)).length
    return {
      domain_sessionid: sessionOf(session),
      start_tstamp: value(session, 'start_tstamp'),
      mkt_campaign: value(session, 'mkt_campaign'),
      docs_pages: under('/docs'),
      blog_pages: under('/blog'),
      engaged_time_in_s: sum(views.map(view => number(view, 'engaged_time_in_s'))),
      signed_up: views.some(view => view['page_urlpath'] === '/signup') ? 1 : 0,
    }
  })
}
