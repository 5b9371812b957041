// The columns that a page view shares with all its events: who, where, on what, which page and from where.

import type { Row } from './csv.js'
import type { View, Visit } from './visits.js'

/** A time as the warehouses read it, UTC: 2024-01-31 09:15:00. */
export const timestamp = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')

export const atomicColumns = (visit: Visit, view: View): Row => ({
  app_id: 'auk',
  user_id: view.userId,
  domain_userid: visit.userid,
  network_userid: visit.networkUserid,
  domain_sessionid: visit.sessionId,
  domain_sessionidx: visit.sessionIndex,
  page_title: view.page.title,
  page_url: view.url,
  ...urlParts('page', view.url),
  ...marketing(view),
  page_referrer: view.referrer,
  ...urlParts('refr', view.referrer),
  ...referral(view),
  ...geography(visit),
  user_ipaddress: visit.ipAddress,
  useragent: visit.userAgent,
  br_lang: visit.place.language,
  br_viewwidth: visit.browser.viewport.width,
  br_viewheight: visit.browser.viewport.height,
})

const urlPattern = /^([a-z]+):\/\/([^/?#]+)([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/

function urlParts(prefix: string, url: string | null): Row {
  const [, scheme, host, path, query, fragment] = urlPattern.exec(url ?? '') ?? []
  return {
    [`${prefix}_urlscheme`]: scheme ?? null,
    [`${prefix}_urlhost`]: host ?? null,
    [`${prefix}_urlpath`]: path ?? null,
    [`${prefix}_urlquery`]: query ?? null,
    [`${prefix}_urlfragment`]: fragment ?? null,
  }
}

function marketing({ source, clickId }: View): Row {
  const campaign = source?.campaign
  return {
    mkt_medium: campaign?.medium ?? null,
    mkt_source: campaign?.source ?? null,
    mkt_term: campaign?.term ?? null,
    mkt_content: campaign?.content ?? null,
    mkt_campaign: campaign?.campaign ?? null,
    mkt_clickid: clickId,
    mkt_network: campaign?.network ?? null,
  }
}

function referral({ source, referrer }: View): Row {
  const within = source === null && referrer !== null
  return {
    refr_medium: within ? 'internal' : (source?.medium ?? null),
    refr_source: source?.name ?? null,
    refr_term: source?.term ?? null,
  }
}

function geography({ place, located }: Visit): Row {
  return {
    geo_country: located ? place.country : null,
    geo_region: located ? place.region : null,
    geo_city: located ? place.city : null,
    geo_zipcode: located ? place.zipcode : null,
    geo_latitude: located ? place.latitude : null,
    geo_longitude: located ? place.longitude : null,
    geo_timezone: located ? place.timezone : null,
  }
}
