// The people who visit the demo's site: who they are, the browsers they use, and when they come.

import { type Browser, bots, browser, devices } from './devices.js'
import { type Place, places } from './places.js'
import { Random } from './random.js'

/** 2024-01-01 00:00, a Monday, in seconds. All times are seconds since 1970 in UTC. */
export const firstDay = Date.UTC(2024, 0, 1) / 1000
export const dayLength = 86_400
const days = 35

/** What the site knows a browser by. One person may have two. */
interface Cookie {
  readonly userid: string
  /** The collector's own cookie; NULL, as is the address, for those who did not agree to it. */
  readonly networkUserid: string | null
  /** The last number of its address. */
  readonly host: number | null
  readonly browser: Browser
  /** How far the device's clock is ahead. */
  readonly clockAhead: number
  /** Sessions before the five weeks. */
  readonly sessionsBefore: number
}

export interface Appointment {
  readonly start: number
  readonly cookie: Cookie
  readonly place: Place
}

export interface Person {
  readonly random: Random
  readonly bot: boolean
  readonly customerId: string
  /** `member`: a customer from the start; `signed in`: and the browser still knows it. */
  readonly standing: 'visitor' | 'member' | 'signed in'
  /** The network address leads to no city. */
  readonly unlocated: boolean
  readonly appointments: readonly Appointment[]
}

/** Everyone, people first, then bots. */
export function everyone(seed: number): readonly Person[] {
  const people = Array.from({ length: 854 }, (_, i) => person(new Random(seed, `person ${i}`), i))
  return [...people, ...Array.from({ length: 16 }, (_, i) => bot(new Random(seed, `bot ${i}`)))]
}

function person(random: Random, number: number): Person {
  const home = random.weighted(places)
  const away = random.chance(4) ? random.weighted(places) : home
  const leaves = random.int(3, days)
  const standing = random.weighted([
    { weight: 76, is: 'visitor' },
    { weight: 8, is: 'member' },
    { weight: 16, is: 'signed in' },
  ] as const).is
  const first = cookie(random, random.chance(25) ? random.int(1, 9) : 0)
  const second = random.chance(standing === 'visitor' ? 1 : 16)
  const cookies: readonly [Cookie, ...Cookie[]] = second ? [first, cookie(random, 0)] : [first]
  const starts = Array.from({ length: visitsWanted(random, standing !== 'visitor') }, () =>
    visitStart(random, home),
  )
  const appointments = starts
    .toSorted((a, b) => a - b)
    .map((start, i) => {
      // Each of the browsers is used at least once, where there are visits enough.
      const used = cookies[i] ?? random.pick(cookies)
      return { start, cookie: used, place: start >= firstDay + leaves * dayLength ? away : home }
    })
  const customerId = `c${1000 + number}`
  return { random, bot: false, customerId, standing, unlocated: random.chance(13), appointments }
}

function bot(random: Random): Person {
  const place = random.pick(places)
  const visitor = { ...cookie(random, 0), browser: browser(random, bots), networkUserid: null }
  const starts = Array.from({ length: random.int(1, 3) }, () => visitStart(random, place))
  const appointments = starts.toSorted((a, b) => a - b).map(start => ({ start, cookie: visitor, place }))
  return { random, bot: true, customerId: '', standing: 'visitor', unlocated: true, appointments }
}

function cookie(random: Random, sessionsBefore: number): Cookie {
  const userid = random.uuid()
  const agreed = random.chance(18)
  const clockAhead = random.chance(5) ? random.int(-5000, 9000) : random.int(-3, 4)
  return {
    userid,
    networkUserid: agreed ? random.uuid() : null,
    host: agreed ? random.int(1, 254) : null,
    browser: browser(random, devices),
    clockAhead,
    sessionsBefore,
  }
}

function visitsWanted(random: Random, member: boolean): number {
  if (!member && random.chance(70)) return 1
  return random.chance(member ? 40 : 22) ? random.int(4, 7) : random.int(2, 4)
}

/** Monday to Sunday. The first day is a holiday; in the third week Auk 2.0 comes out. */
const weekdays = [20, 22, 22, 20, 16, 8, 9]
const dayWeights = Array.from({ length: days }, (_, day) => {
  const usual = weekdays[day % 7] ?? 0
  if (day === 0) return 6
  return day >= 15 && day <= 17 ? 2 * usual : usual
})

/** By the hour of the visitor's own clock: offices in the day, homes in the evening. */
const hourWeights = [3, 2, 1, 1, 1, 2, 4, 8, 14, 20, 22, 21, 16, 18, 21, 20, 18, 14, 11, 11, 13, 13, 10, 6]

function visitStart(random: Random, place: Place): number {
  const day = firstDay + random.index(dayWeights) * dayLength
  // So that some are still there on the next day.
  if (random.chance(2.5)) return day + dayLength - random.int(20, 200)
  const local = random.index(hourWeights) * 3600 + random.int(0, 3599)
  const start = day + local - place.utcOffset * 60
  return start < firstDay ? start + dayLength : start
}
