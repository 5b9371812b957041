// In: a random source and a column. Out: values that a column may hold and careless SQL trips over: quotes,
// backslashes, template and comment marks, look-alike keys, text at a column's full length, integer extremes.

import type { Column } from './columns.js'
import type { Random } from './random.js'
import { formatTime, type Micros, SECOND, type Value } from './rows.js'

const NASTY: readonly string[] = [
  '',
  ' ',
  'trailing   ',
  ' leading',
  "O'Reilly",
  "'",
  "''",
  '"quoted"',
  '\\',
  "\\'",
  'C:\\new\\table',
  '\\N',
  'null',
  'NULL',
  '{{ 1 + 1 }}',
  "{{ ref('sessions') }}",
  '{% if true %}',
  '{% endraw %}',
  '{# note #}',
  '}} {{',
  '-- rest',
  '/* open',
  '*/',
  ';',
  "'; drop table x; --",
  '$$',
  '$1',
  ':name',
  '%s',
  '%',
  '_',
  'a\tb',
  'a\nb',
  'a\r\nb',
  'Case',
  'case',
  'CASE',
  '\u00e9',
  'e\u0301',
  '\u0130stanbul',
  'stra\u00dfe',
  '\u03a9\u2126',
  '\u65e5\u672c\u8a9e',
  '\u0627\u0644\u0639\u0631\u0628\u064a\u0629',
  '\u202ertl',
  '\u200b',
  '\u00a0',
  // U+FF5E sorts before an emoji by code point and after it by UTF-16 unit.
  '\uff5e',
  '\u{1f600}',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
  '\u{1f1f3}\u{1f1f4}',
  '\ufffd',
]

const DOUBLES: readonly number[] = [
  0,
  0.1 + 0.2,
  -90,
  1 / 3,
  1e-300,
  1.7976931348623157e308,
  -179.99999999999997,
]
const INTS: readonly number[] = [0, 1, -1, 2147483647, -2147483648]
const FRACTIONS: readonly Micros[] = [0, 0, 0, 1, 500_000, 999_999, 123_456, 120_000]

/** How often a value is nasty, as long as its column allows, NULL, or an extreme; each 0 to 1. */
export interface ValueRates {
  readonly nasty: number
  readonly longText: number
  readonly nullValue: number
  readonly extreme: number
}

/** Any value of a column, NULL at its rate. Timestamps are near `around`. */
export function anyValue(from: Random, column: Column, around: Micros, rates: ValueRates): Value {
  if (from.chance(rates.nullValue)) return null
  switch (column.kind) {
    case 'text':
      return anyText(from, column, rates)
    case 'int':
      return from.chance(rates.extreme) ? from.pick(INTS) : from.int(0, 3000)
    case 'double':
      return from.chance(rates.extreme) ? from.pick(DOUBLES) : from.int(-180_000, 180_000) / 1000
    case 'boolean':
      return from.chance(0.5)
    case 'timestamp':
      return formatTime(around + from.int(-3600, 3600) * SECOND + from.pick(FRACTIONS))
  }
}

/** A text within the column's length, mostly plain. */
export function anyText(from: Random, column: Column, rates: ValueRates): string {
  if (from.chance(rates.longText)) return longText(from, column.length)
  if (from.chance(rates.nasty)) return clip(nastyText(from), column.length)
  return clip(`${column.name.slice(0, 12)} ${from.int(0, 999)}`, column.length)
}

/** One or two nasty texts in a row. */
export function nastyText(from: Random): string {
  return from.chance(0.3) ? from.pick(NASTY) + from.pick(NASTY) : from.pick(NASTY)
}

/** A key that looks like others: made unique by `serial`, nasty at its rate, within `length` bytes. */
export function anyKey(from: Random, prefix: string, serial: number, length: number, nasty: number): string {
  if (!from.chance(nasty)) return clip(`${prefix}-${serial}`, length)
  const tail = `${serial}${clip(nastyText(from), 12)}`
  return clip(from.chance(0.5) ? `${prefix}${tail}` : `${prefix.toUpperCase()}${tail}`, length)
}

/** The text cut to so many UTF-8 bytes, never within a character. */
export function clip(written: string, bytes: number): string {
  if (Buffer.byteLength(written) <= bytes) return written
  let kept = ''
  for (const character of written) {
    if (Buffer.byteLength(kept) + Buffer.byteLength(character) > bytes) break
    kept += character
  }
  return kept
}

/** A part of a second: mostly none, so that ties happen; sometimes a microsecond, a half, all but one. */
export function anyFraction(from: Random): Micros {
  return from.pick(FRACTIONS)
}

function longText(from: Random, length: number): string {
  const piece = from.pick(['x', '\u00e9', '\u{1f600}', "'", '\\', 'ab '])
  return clip(piece.repeat(Math.ceil(length / Buffer.byteLength(piece))), length)
}
