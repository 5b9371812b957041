// What a tracker sends while somebody looks at a page, and when it arrives: page pings for those who stay
// (after 5 seconds, then every 10 that see some movement), clicks, and clocks and lines that are not perfect.

import type { Browser } from './devices.js'
import type { Random } from './random.js'
import type { Page } from './site.js'

type HitName = 'page_view' | 'page_ping' | 'link_click' | 'download' | 'sign_up'

/** One thing that happened, seen by four clocks. All in seconds. */
export interface Hit {
  readonly name: HitName
  readonly eventId: string
  /** When it happened. */
  readonly time: number
  readonly created: number
  readonly sent: number
  readonly collector: number
  readonly derived: number
  readonly docWidth: number
  readonly docHeight: number
  /** Page pings only: how far the page was scrolled since the ping before. */
  readonly scroll: Scroll | null
}

interface Scroll {
  readonly xMin: number
  readonly xMax: number
  readonly yMin: number
  readonly yMax: number
}

/** A device's line to the collector. */
export interface Line {
  readonly clockAhead: number
  /** From here on nothing gets through until `delay` later. */
  readonly cutAt: number
  readonly delay: number
}

const heartbeat = 10
const minimumVisitLength = 5
const maxPings = 6

/** Phones lose their line now and then, some for hours, some for days. */
export function lineOf(random: Random, clockAhead: number, mobile: boolean, start: number): Line {
  if (!random.chance(mobile ? 12 : 2)) return { clockAhead, cutAt: Number.POSITIVE_INFINITY, delay: 0 }
  const hours = random.pick([2, 7, 19, 31, 55, 96, 190])
  return { clockAhead, cutAt: start + random.int(-30, 120), delay: hours * 3600 + random.int(0, 3599) }
}

/** All hits of one look at a page, from `time` on. */
export function hitsOf(
  random: Random,
  line: Line,
  page: Page,
  browser: Browser,
  time: number,
  bot: boolean,
): readonly Hit[] {
  const doc = documentSize(random, page, browser)
  // A tab that is opened in the background has no size yet.
  const first = random.chance(0.6) ? { docWidth: 0, docHeight: 0 } : doc
  const hits = [hit(random, line, 'page_view', time, first)]
  if (bot || page.redirects) return hits
  let down = 0
  for (const at of pingTimes(random, page)) {
    const scroll = scrolled(random, doc, browser, down)
    down = scroll.yMax
    hits.push(hit(random, line, 'page_ping', time + at, doc, scroll))
  }
  const last = Math.max(...hits.map(h => h.time))
  for (const name of clicks(random, page)) hits.push(hit(random, line, name, last + random.int(1, 3), doc))
  return hits
}

function hit(
  random: Random,
  line: Line,
  name: HitName,
  time: number,
  doc: Pick<Hit, 'docWidth' | 'docHeight'>,
  scroll: Scroll | null = null,
): Hit {
  const eventId = random.uuid()
  const created = time + line.clockAhead
  const sent = created + (time >= line.cutAt ? line.delay : random.chance(10) ? 1 : 0)
  const collector = sent - line.clockAhead + (random.chance(15) ? 1 : 0)
  // The collector's clock is right; what the device's own clock is good for is the time until it sent.
  const derived = collector - (sent - created)
  return { name, eventId, time, created, sent, collector, derived, ...doc, scroll }
}

/** Seconds after the page view. Now and then the reader looks away for a few beats. */
function pingTimes(random: Random, page: Page): number[] {
  const times: number[] = []
  let at = minimumVisitLength
  while (times.length < maxPings && random.chance(page.interest)) {
    times.push(at)
    at += heartbeat * (random.chance(7) ? random.int(2, 20) : 1)
  }
  return times
}

/** Narrow screens make long pages. */
function documentSize(random: Random, page: Page, { device, viewport }: Browser) {
  const height = device.mobile ? Math.floor((page.height * 9) / 5) : page.height
  const grown = height + 20 * random.int(-2, 2)
  return { docWidth: Math.max(page.minWidth, viewport.width), docHeight: Math.max(grown, viewport.height) }
}

function scrolled(
  random: Random,
  { docWidth, docHeight }: Pick<Hit, 'docWidth' | 'docHeight'>,
  { viewport, device }: Browser,
  from: number,
): Scroll {
  const bottom = docHeight - viewport.height
  const to = Math.min(bottom, from + random.int(0, viewport.height + Math.floor(bottom / 6)))
  const side = random.chance(40) ? random.int(0, docWidth - viewport.width) : 0
  // Phones let a page be pulled a little beyond its top.
  const above = device.mobile && from === 0 && random.chance(20) ? -random.int(4, 60) : Math.min(from, to)
  return { xMin: 0, xMax: side, yMin: above, yMax: to }
}

function clicks(random: Random, page: Page): HitName[] {
  if (page.path.startsWith('/download/')) return random.chance(55) ? ['download'] : []
  if (page.path === '/signup') return random.chance(50) ? ['sign_up'] : []
  return random.chance(5) ? ['link_click'] : []
}
