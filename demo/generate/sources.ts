// Where visits come from: search, social, newsletter, advertisements, other sites, or nowhere in particular.

import type { Random, Weighted } from './random.js'

interface Campaign {
  readonly medium: string
  readonly source: string
  readonly campaign: string
  readonly term?: string
  readonly content?: string
  /** The advertising network, which adds a click id of its own. */
  readonly network?: string
}

export interface Source extends Weighted {
  /** As the browser gives it, or null. */
  readonly referrer: string | null
  readonly medium: string | null
  readonly name: string | null
  readonly term: string | null
  readonly campaign: Campaign | null
  readonly landings: readonly [string, ...string[]]
  /** First and last day that it brings people, 0 is the first. */
  readonly days: readonly [number, number]
}

type Extra = Partial<Pick<Source, 'term' | 'campaign' | 'days'>>

function source(
  weight: number,
  [referrer, medium, name]: readonly [string | null, string | null, string | null],
  landings: string,
  extra: Extra = {},
): Source {
  const [first = '/', ...rest] = landings.split(' ')
  const none = { term: null, campaign: null, days: [0, 99] } as const
  return { weight, referrer, medium, name, landings: [first, ...rest], ...none, ...extra }
}

const nowhere = [null, null, null] as const
const google = ['https://www.google.com/', 'search', 'Google'] as const
const articles = '/blog/3-2-1 /blog/sync /blog/ransom /blog/drill'
const search = `/ / / /features /pricing /docs/install /docs/restore /docs/errors ${articles}`
const letter = (campaign: string, content: string): Campaign => ({
  medium: 'email',
  source: 'newsletter',
  campaign,
  content,
})

const sources: readonly Source[] = [
  source(300, nowhere, '/ / / / /pricing /docs /download /blog'),
  source(210, google, search),
  source(60, ['https://duckduckgo.com/', 'search', 'DuckDuckGo'], search),
  source(35, ['https://www.bing.com/', 'search', 'Bing'], search),
  source(12, ['https://www.ecosia.org/search?q=small+office+backup', 'search', 'Ecosia'], '/ /features', {
    term: 'small office backup',
  }),
  source(20, ['https://news.ycombinator.com/', 'social', 'Hacker News'], articles),
  source(500, ['https://news.ycombinator.com/', 'social', 'Hacker News'], '/blog/auk-2', { days: [15, 17] }),
  source(25, ['https://www.reddit.com/', 'social', 'Reddit'], `/ ${articles}`),
  source(15, ['https://www.linkedin.com/', 'social', 'LinkedIn'], '/stories/lab /jobs /about'),
  source(14, ['https://t.co/Wk3aUk', 'social', 'Twitter'], articles),
  source(25, ['https://hosting.example.net/tools', 'unknown', null], '/ /download'),
  source(15, ['https://de.example.org/it/datensicherung', 'unknown', null], '/de'),
  source(10, ['https://ja.example.org/tools', 'unknown', null], '/ja'),
  source(90, nowhere, '/blog/drill /blog/drill /features', {
    campaign: letter('jan-news', 'top'),
    days: [8, 13],
  }),
  source(160, ['https://outlook.live.com/', 'email', 'Outlook.com'], '/blog/auk-2 /download', {
    campaign: letter('auk-2', 'button'),
    days: [16, 21],
  }),
  source(100, nowhere, '/blog/auk-2 /pricing', { campaign: letter('auk-2', 'footer'), days: [16, 23] }),
  source(60, google, '/pricing /features', {
    campaign: {
      medium: 'cpc',
      source: 'google',
      campaign: 'backup-dach',
      term: 'büro backup',
      network: 'Google',
    },
    days: [7, 27],
  }),
  source(22, ['https://www.bing.com/', 'search', 'Bing'], '/pricing', {
    campaign: { medium: 'cpc', source: 'bing', campaign: 'backup-en', network: 'Microsoft' },
    days: [7, 27],
  }),
  source(35, ['https://www.linkedin.com/', 'social', 'LinkedIn'], '/stories/cafe /stories/lab', {
    campaign: { medium: 'paid-social', source: 'linkedin', campaign: 'stories', content: 'carousel' },
    days: [21, 34],
  }),
]

/** A source that brings people on that day. */
export const sourceOf = (random: Random, day: number): Source =>
  random.weighted(sources.filter(s => s.days[0] <= day && day <= s.days[1]))

const click = { Google: 'gclid', Microsoft: 'msclkid' } as const

/** The query string that an address of the campaign carries, without the `?`. */
export function campaignQuery(campaign: Campaign, clickId: string | null): string {
  const { medium, source: from, campaign: name, term, content, network } = campaign
  const clickName = network === 'Google' || network === 'Microsoft' ? click[network] : undefined
  const parts = [
    `utm_source=${from}`,
    `utm_medium=${medium}`,
    `utm_campaign=${name}`,
    term && `utm_term=${encodeURIComponent(term)}`,
    content && `utm_content=${content}`,
    clickName && clickId && `${clickName}=${clickId}`,
  ]
  return parts.filter(Boolean).join('&')
}
