// People to visits: each walks from page to page, reads, scrolls and clicks, and the tracker sends what it
// sees.

import { type Browser, userAgent } from './devices.js'
import { type Appointment, dayLength, everyone, firstDay, type Person } from './people.js'
import type { Place } from './places.js'
import type { Random } from './random.js'
import { linked, origin, type Page, pageAt, searches } from './site.js'
import { campaignQuery, type Source, sourceOf } from './sources.js'
import { type Hit, hitsOf, type Line, lineOf } from './tracker.js'

export interface Visit {
  readonly sessionId: string
  readonly sessionIndex: number
  readonly userid: string
  readonly networkUserid: string | null
  readonly ipAddress: string | null
  readonly place: Place
  readonly located: boolean
  readonly userAgent: string
  readonly browser: Browser
  readonly views: readonly View[]
}

export interface View {
  readonly id: string
  readonly userId: string | null
  readonly page: Page
  readonly url: string
  readonly referrer: string | null
  /** On the first page of a visit: where it came from. */
  readonly source: Source | null
  readonly clickId: string | null
  readonly hits: readonly Hit[]
}

/** Who is signed in, as it changes over one person's visits. */
interface Account {
  member: boolean
  signedIn: boolean
}

/** What a walk knows at each page. */
interface Walk {
  readonly person: Person
  readonly account: Account
  readonly browser: Browser
  readonly line: Line
  readonly day: number
}

const sessionTimeout = 1800

/** All visits, each person's in the order of time. */
export const visits = (seed: number): readonly Visit[] => everyone(seed).flatMap(visitsOf)

function visitsOf(person: Person): Visit[] {
  const made: Visit[] = []
  const counts = new Map<string, number>()
  const account = { member: person.standing !== 'visitor', signedIn: false }
  let free = 0
  for (const appointment of person.appointments) {
    const { cookie } = appointment
    const index = (counts.get(cookie.userid) ?? cookie.sessionsBefore) + 1
    const start = Math.max(appointment.start, free)
    const visit = visitOf(person, account, { ...appointment, start }, index)
    counts.set(cookie.userid, index)
    free = Math.max(...visit.views.flatMap(v => v.hits.map(h => h.time))) + sessionTimeout + 60
    made.push(visit)
  }
  return made
}

function visitOf(
  person: Person,
  account: Account,
  { start, cookie, place }: Appointment,
  index: number,
): Visit {
  const { random, standing } = person
  const sessionId = random.uuid()
  const day = Math.floor((start - firstDay) / dayLength)
  account.signedIn = standing === 'signed in' && random.chance(85)
  const line = lineOf(random, cookie.clockAhead, cookie.browser.device.mobile, start)
  const walk = { person, account, browser: cookie.browser, line, day }
  return {
    sessionId,
    sessionIndex: index,
    userid: cookie.userid,
    networkUserid: cookie.networkUserid,
    ipAddress: cookie.host === null ? null : `${place.network}.${cookie.host}`,
    place,
    located: !person.unlocated,
    userAgent: userAgent(cookie.browser.device, day),
    browser: cookie.browser,
    views: stroll(walk, start),
  }
}

/** From page to page until the visitor has had enough. */
function stroll(walk: Walk, start: number): View[] {
  const { random, bot } = walk.person
  const views: View[] = []
  let source: Source | null = sourceFor(walk)
  let page = landing(walk, source)
  let referrer = source.referrer
  let time = start
  for (;;) {
    const view = look(walk, page, time, referrer, source)
    views.push(view)
    const last = Math.max(...view.hits.map(h => h.time))
    if (!page.redirects && (views.length >= 14 || !random.chance(bot ? 75 : 58))) return views
    referrer = page.noReferrer ? null : (view.url.split('#')[0] ?? null)
    time = page.redirects ? last : leaves(random, time, last)
    if (page.path === '/login/ok') walk.account.signedIn = true
    page = next(walk, page)
    source = null
  }
}

/** When a reader who came at `time` and was last seen at `last` opens the next page. */
function leaves(random: Random, time: number, last: number): number {
  // In a new tab, to come back to this one later.
  if (random.chance(6)) return time + random.int(2, 9)
  // After a coffee.
  if (random.chance(8)) return last + random.int(120, 1500)
  return last + random.int(2, 9)
}

function sourceFor({ person, account, day }: Walk): Source {
  const chosen = sourceOf(person.random, day)
  const plain = { ...chosen, referrer: null, medium: null, name: null, term: null, campaign: null }
  if (person.bot) return { ...plain, landings: ['/'] }
  // Customers know the way.
  if (!account.member || person.random.chance(30)) return chosen
  return { ...plain, landings: [account.signedIn ? '/app' : '/login'] }
}

function landing({ person, day }: Walk, { landings }: Source): Page {
  const page = pageAt(person.random.pick(landings))
  return page.since <= day ? page : pageAt('/')
}

function next({ person, account, day }: Walk, page: Page): Page {
  const { random, bot } = person
  const own = linked(page, 'own', day, account.signedIn)
  if (page.redirects) return pageAt(page.links[0] ?? '/')
  if (page.path === '/login' && (!account.member || random.chance(20))) {
    return random.weighted(linked(page, 'bar', day, account.signedIn))
  }
  if (own.length > 0 && random.chance(bot ? 50 : 72)) return random.weighted(own)
  return random.weighted(linked(page, 'bar', day, account.signedIn))
}

function look(walk: Walk, page: Page, time: number, referrer: string | null, source: Source | null): View {
  const { person, account, browser, line } = walk
  const { random } = person
  const clickId = source?.campaign?.network ? `EAIa${random.uuid().replaceAll('-', '').slice(0, 20)}` : null
  const url = `${origin}${page.path}${query(random, page, source, clickId)}${fragment(random, page)}`
  const id = random.uuid()
  const hits = hitsOf(random, line, page, browser, time, person.bot)
  const userId = account.signedIn ? person.customerId : null
  if (hits.some(h => h.name === 'sign_up')) Object.assign(account, { member: true, signedIn: true })
  return { id, userId, page, url, referrer, source, clickId, hits }
}

function query(random: Random, page: Page, source: Source | null, clickId: string | null): string {
  if (source?.campaign) return `?${campaignQuery(source.campaign, clickId)}`
  if (page.path === '/search') return `?q=${encodeURIComponent(random.pick(searches))}`
  return ''
}

const sections: Readonly<Record<string, readonly [string, ...string[]]>> = {
  '/docs/cli': ['restore', 'exclude', 'exit-codes'],
  '/docs/errors': ['e12', 'e31', 'e7'],
  '/docs/faq': ['who', 'where'],
  '/pricing': ['compare'],
}

function fragment(random: Random, page: Page): string {
  const names = sections[page.path]
  return names && random.chance(20) ? `#${random.pick(names)}` : ''
}
