// Where the demo's people are: cities with what a geo lookup tells of them. Addresses are those that RFC 5737
// sets aside for documentation.

import type { Weighted } from './random.js'

export interface Place extends Weighted {
  readonly country: string
  readonly region: string
  readonly city: string
  readonly zipcode: string | null
  readonly latitude: number
  readonly longitude: number
  readonly timezone: string
  /** In January: minutes ahead of UTC. */
  readonly utcOffset: number
  readonly language: string
  /** The first three numbers of its addresses. */
  readonly network: string
}

const networks = { europe: '192.0.2', americas: '198.51.100', elsewhere: '203.0.113' } as const

function place(
  weight: number,
  [country, region, city, zipcode]: readonly [string, string, string, string | null],
  [latitude, longitude]: readonly [number, number],
  [timezone, hours]: readonly [string, number],
  language: string,
): Place {
  const part = timezone.startsWith('Europe')
    ? 'europe'
    : timezone.startsWith('America')
      ? 'americas'
      : 'elsewhere'
  const where = { country, region, city, zipcode, latitude, longitude, timezone, utcOffset: hours * 60 }
  return { weight, ...where, language, network: networks[part] }
}

export const places: readonly [Place, ...Place[]] = [
  place(14, ['DE', 'BE', 'Berlin', '10115'], [52.53, 13.38], ['Europe/Berlin', 1], 'de'),
  place(7, ['DE', 'HH', 'Hamburg', '20095'], [53.55, 10], ['Europe/Berlin', 1], 'de'),
  place(5, ['DE', 'BY', 'München', '80331'], [48.14, 11.57], ['Europe/Berlin', 1], 'de'),
  place(4, ['AT', '9', 'Wien', '1010'], [48.21, 16.37], ['Europe/Vienna', 1], 'de'),
  place(3, ['CH', 'ZH', 'Zürich', '8001'], [47.37, 8.54], ['Europe/Zurich', 1], 'de'),
  place(9, ['GB', 'ENG', 'London', 'EC1A'], [51.52, -0.1], ['Europe/London', 0], 'en'),
  place(3, ['GB', 'SCT', 'Edinburgh', 'EH1'], [55.95, -3.19], ['Europe/London', 0], 'en'),
  place(3, ['IE', 'L', 'Dublin', null], [53.34, -6.26], ['Europe/Dublin', 0], 'en'),
  place(6, ['NL', 'NH', 'Amsterdam', '1012'], [52.37, 4.9], ['Europe/Amsterdam', 1], 'nl'),
  place(6, ['FR', '75', 'Paris', '75001'], [48.86, 2.34], ['Europe/Paris', 1], 'fr'),
  place(4, ['ES', 'M', 'Madrid', '28001'], [40.42, -3.69], ['Europe/Madrid', 1], 'es'),
  place(3, ['PL', '12', 'Kraków', '30-001'], [50.06, 19.94], ['Europe/Warsaw', 1], 'pl'),
  place(3, ['SE', 'M', 'Malmö', '21119'], [55.6, 13], ['Europe/Stockholm', 1], 'sv'),
  place(9, ['US', 'NY', 'New York', '10001'], [40.75, -73.99], ['America/New_York', -5], 'en-US'),
  place(4, ['US', 'MA', 'Boston', '02108'], [42.36, -71.06], ['America/New_York', -5], 'en-US'),
  place(5, ['US', 'IL', 'Chicago', '60601'], [41.89, -87.62], ['America/Chicago', -6], 'en-US'),
  place(7, ['US', 'CA', 'Oakland', '94607'], [37.81, -122.3], ['America/Los_Angeles', -8], 'en-US'),
  place(4, ['CA', 'ON', 'Toronto', 'M5H'], [43.65, -79.38], ['America/Toronto', -5], 'en'),
  place(4, ['BR', 'SP', 'São Paulo', '01000'], [-23.55, -46.64], ['America/Sao_Paulo', -3], 'pt'),
  place(4, ['JP', '13', 'Tokyo', '100-0001'], [35.69, 139.75], ['Asia/Tokyo', 9], 'ja'),
  place(4, ['IN', 'KA', 'Bengaluru', '560001'], [12.98, 77.59], ['Asia/Kolkata', 5.5], 'en'),
  place(3, ['AU', 'VIC', 'Melbourne', '3000'], [-37.81, 144.96], ['Australia/Melbourne', 11], 'en'),
  place(2, ['NZ', 'WGN', 'Wellington', '6011'], [-41.29, 174.78], ['Pacific/Auckland', 13], 'en'),
]
