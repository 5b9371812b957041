// The site that the demo's people visit: that of Auk, an invented company which sells quiet backups to small
// offices. Pages, and where one can go from each.

import type { Weighted } from './random.js'

export const origin = 'https://auk.example.com'

export interface Page extends Weighted {
  readonly path: string
  readonly title: string
  /** Pixels, on a desktop. */
  readonly height: number
  /** Pixels: narrower screens scroll sideways. */
  readonly minWidth: number
  /** Percent of the readers who stay for one heartbeat more. */
  readonly interest: number
  readonly links: readonly string[]
  /** The page asks browsers not to tell the next page where they came from. */
  readonly noReferrer: boolean
  /** Goes on to its only link within the same second. */
  readonly redirects: boolean
  /** Only customers who are logged in see it. */
  readonly members: boolean
  /** First day on the site, 0 is the first of the five weeks. */
  readonly since: number
}

type Extra = Partial<Pick<Page, 'minWidth' | 'noReferrer' | 'redirects' | 'members' | 'since'>>

/** `weight` says how often people follow a link to it. */
function page(
  path: string,
  title: string,
  [weight, height, interest]: readonly [number, number, number],
  links: string,
  extra: Extra = {},
): Page {
  const plain = { minWidth: 0, noReferrer: false, redirects: false, members: false, since: 0 }
  return { path, title, weight, height, interest, links: links.split(' '), ...plain, ...extra }
}

const docs: Extra = { noReferrer: true }
const wide = (minWidth: number): Extra => ({ ...docs, minWidth })
const app: Extra = { noReferrer: true, members: true }

const pages: readonly Page[] = [
  page('/', 'Auk | Quiet backups', [9, 3900, 55], '/features /pricing /download /stories'),
  page('/de', 'Auk | Leise Backups für kleine Büros', [1, 3900, 55], '/pricing /download /docs'),
  page('/ja', 'Auk | 静かなバックアップ', [1, 3600, 55], '/pricing /download'),
  page('/features', 'Features | Auk', [7, 5200, 62], '/pricing /security /docs /download'),
  page('/pricing', 'Pricing | Auk', [9, 2700, 60], '/signup /contact /features /docs/faq', { minWidth: 480 }),
  page('/download', 'Download Auk', [7, 1500, 45], '/download/mac /download/win /download/linux'),
  page('/download/mac', 'Auk for Mac', [4, 1200, 50], '/docs/install /docs/start'),
  page('/download/win', 'Auk for Windows', [5, 1200, 50], '/docs/install /docs/start'),
  page('/download/linux', 'Auk for Linux', [4, 1350, 55], '/docs/install /docs/cli'),
  page('/signup', 'Try Auk, 30 days free', [6, 1050, 65], '/docs/start /download /legal /privacy'),
  page('/login', 'Log in | Auk', [2, 800, 40], '/login/ok', { noReferrer: true }),
  page('/login/ok', 'Signing you in…', [5, 800, 0], '/app', { noReferrer: true, redirects: true }),
  page('/app', 'Your vaults', [8, 1700, 58], '/app/vault /app/usage /app/team /app/billing', app),
  page('/app/vault', 'Vault "office"', [7, 2300, 66], '/app /app/usage /docs/restore', app),
  page('/app/usage', 'Usage, last 30 days', [5, 1900, 55], '/app /app/billing', app),
  page('/app/team', 'Team', [3, 1400, 50], '/app /app/billing', app),
  page('/app/billing', 'Plan & billing', [3, 1600, 55], '/app /pricing', app),
  page('/about', 'About us | Auk', [3, 2600, 55], '/jobs /contact /stories'),
  page('/jobs', 'Jobs | Auk', [2, 1900, 60], '/about /contact'),
  page('/contact', 'Talk to a human', [2, 900, 45], '/about /docs/faq'),
  page('/legal', 'Terms', [1, 8800, 35], '/privacy'),
  page('/privacy', 'Privacy', [1, 6400, 38], '/legal /security'),
  page('/security', 'How we keep your keys, and how we don’t', [4, 4700, 65], '/docs/s3 /pricing'),
  page('/status', 'All systems fine', [2, 1100, 30], '/docs/errors'),
  page('/stories', 'Customer stories', [3, 2500, 48], '/stories/cafe /stories/lab'),
  page('/stories/cafe', 'Café Zoë: "We never lost a recipe"', [3, 4300, 66], '/stories/lab /pricing'),
  page('/stories/lab', 'A lab, 40 laptops, one flood', [3, 4600, 66], '/stories/cafe /features'),
  page('/blog', 'Auk blog', [5, 4100, 42], '/blog/3-2-1 /blog/drill /blog/sync /blog/ransom /blog/auk-2'),
  page('/blog/3-2-1', 'The "3-2-1" rule, explained', [5, 6900, 74], '/blog/drill /features'),
  page('/blog/drill', 'Restore drills: test, then trust', [4, 6100, 72], '/blog/3-2-1 /docs/restore'),
  page('/blog/sync', 'Naïve sync ≠ backup', [5, 5800, 73], '/features /blog/3-2-1'),
  page('/blog/ransom', 'Ransomware, a diary', [4, 9300, 76], '/security /blog/drill'),
  page('/blog/auk-2', 'Auk 2.0: half the size, twice as fast', [9, 5400, 74], '/download /pricing', {
    since: 15,
  }),
  page('/docs', 'Docs | Auk', [7, 2200, 45], '/docs/install /docs/start /docs/cli /docs/api /search', docs),
  page('/docs/install', 'Install | Auk docs', [6, 3400, 64], '/docs/start /docs/errors /search', docs),
  page('/docs/start', 'Your first backup | Auk docs', [7, 4200, 68], '/docs/config /docs/restore', docs),
  page('/docs/cli', 'Command line | Auk docs', [5, 8200, 66], '/docs/config /docs/api', wide(720)),
  page('/docs/config', 'auk.toml, line by line', [5, 7600, 66], '/docs/cli /docs/s3', wide(640)),
  page('/docs/restore', 'Restore | Auk docs', [5, 3700, 66], '/docs/errors /docs/faq /search', docs),
  page('/docs/s3', 'Your own bucket (S3, B2)', [3, 4400, 64], '/docs/config /docs/errors', docs),
  page('/docs/api', 'HTTP API | Auk docs', [3, 9900, 65], '/docs/cli /docs/errors', wide(800)),
  page(
    '/docs/errors',
    'Errors, and what to do',
    [4, 7100, 62],
    '/docs/restore /contact /status /search',
    docs,
  ),
  page('/docs/faq', 'Questions, answers', [4, 3900, 58], '/pricing /contact', docs),
  page('/search', 'Search | Auk docs', [5, 1800, 40], '/docs/restore /docs/cli /docs/s3 /docs/errors', docs),
]

const byPath = new Map(pages.map(p => [p.path, p]))

/** What somebody who is logged in is not offered any more. */
const entrances = ['/login', '/signup']

/** In the bar on top of every page. */
const bar = ['/', '/features', '/pricing', '/docs', '/blog', '/download', '/login', '/about', '/status']

export function pageAt(path: string): Page {
  const found = byPath.get(path)
  if (!found) throw new Error(`no page ${path}`)
  return found
}

/** The bar's pages, or those the page itself points to, without itself and without what is not there yet. */
export const linked = (from: Page, which: 'bar' | 'own', day: number, member: boolean): readonly Page[] =>
  (which === 'bar' ? bar : from.links)
    .map(pageAt)
    .filter(p => p !== from && p.since <= day && (member ? !entrances.includes(p.path) : !p.members))

export const searches = [
  'restore',
  'exclude',
  'b2 bucket',
  'größe',
  'exit code',
  'schedule',
  'locked',
] as const
