// The browsers of the demo's people, and the bots that come by. A user agent's `%` stands for the version of
// the day: browsers move up once, in the fourth week.

import type { Random, Weighted } from './random.js'

interface Device extends Weighted {
  readonly mobile: boolean
  readonly agent: string
  readonly version: number
  readonly viewports: readonly [Viewport, ...Viewport[]]
}

interface Viewport {
  readonly width: number
  readonly height: number
}

export interface Browser {
  readonly device: Device
  readonly viewport: Viewport
}

const upgradeDay = 22

function device(weight: number, agent: string, version: number, sizes: string, mobile = false): Device {
  const [first, ...rest] = sizes.split(' ').map(size => {
    const [width = 0, height = 0] = size.split('x').map(Number)
    return { width, height }
  })
  if (!first) throw new Error(`no viewport for ${agent}`)
  return { weight, agent, version, mobile, viewports: [first, ...rest] }
}

const desktop = '1920x947 1536x730 1440x764 1366x625 2560x1289'
const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%.0.0.0'

/** People who look for backups like Firefox more than others do. */
export const devices: readonly Device[] = [
  device(26, 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:%.0) Gecko/20100101 Firefox/%.0', 121, desktop),
  device(17, 'Mozilla/5.0 (X11; Linux x86_64; rv:%.0) Gecko/20100101 Firefox/%.0', 121, desktop),
  device(8, 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:%.0) Gecko/20100101 Firefox/%.0', 121, desktop),
  device(10, `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36`, 120, desktop),
  device(3, `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36 Edg/%.0.0.0`, 120, desktop),
  device(
    5,
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${chrome} Safari/537.36`,
    120,
    '1440x790 1728x958',
  ),
  device(
    6,
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Safari/605.1.15',
    17,
    '1440x790 1728x1006 1512x861',
  ),
  device(13, 'Mozilla/5.0 (Android 14; Mobile; rv:%.0) Gecko/%.0 Firefox/%.0', 121, '412x786 393x740', true),
  device(
    8,
    `Mozilla/5.0 (Linux; Android 10; K) ${chrome} Mobile Safari/537.36`,
    120,
    '412x785 360x668',
    true,
  ),
  device(
    7,
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Mobile/15E148 Safari/604.1',
    17,
    '390x664 393x659 375x635',
    true,
  ),
]

export const bots: readonly Device[] = [
  device(5, 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 2, '1024x768'),
  device(3, 'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)', 7, '1024x768'),
  device(2, 'Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)', 1, '1280x720'),
]

/** The user agent as it was on a day, 0 is the first. */
export const userAgent = (of: Device, day: number): string =>
  of.agent.replaceAll('%', String(of.version + (day >= upgradeDay ? 1 : 0)))

export function browser(random: Random, from: readonly Device[]): Browser {
  const chosen = random.weighted(from)
  return { device: chosen, viewport: random.pick(chosen.viewports) }
}
