// The text of a Postgres value in, a Value out: the one rule for every driver that speaks Postgres. What
// JavaScript can hold without loss becomes a number or a boolean; all else stays the server's text.

import type { Value } from '../driver.js'

const numbers = new Set([21, 23, 700, 701]) // int2, int4, float4, float8
const int8 = 20
const numeric = 1700
const bool = 16

/** @param types oids, one for each column */
export const numberColumns = (types: readonly number[]): readonly number[] =>
  types.flatMap((type, index) => (numbers.has(type) || type === int8 || type === numeric ? [index] : []))

/**
 * @param text the value in the protocol's text format
 * @param type the type's oid
 */
export function parseValue(text: string, type: number): Value {
  if (numbers.has(type)) return Number(text)
  if (type === int8) {
    const value = Number(text)
    return Number.isSafeInteger(value) ? value : text
  }
  if (type === bool) return text === 't'
  return text
}
