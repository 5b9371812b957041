// Names of data tests: readable, the same on every machine, and never longer than a table's may be.

import { digest } from '../digest.js'
import { maxIdentifierBytes } from '../relation.js'

const operators: readonly (readonly [text: string, word: string])[] = [
  ['>=', 'ge'],
  ['<=', 'le'],
  ['<>', 'ne'],
  ['!=', 'ne'],
  ['=', 'eq'],
  ['>', 'gt'],
  ['<', 'lt'],
]

/** `unique_sessions_domain_sessionid`; of a condition its words, `a >= b` as `a_ge_b`. */
export function testName(test: string, model: string, parts: readonly string[]): string {
  const words = parts.map(part =>
    operators
      .reduce((text, [operator, word]) => text.replaceAll(operator, ` ${word} `), part)
      .replaceAll(/[^A-Za-z0-9_]+/g, '_')
      .replaceAll(/^_+|_+$/g, ''),
  )
  return fitting([test, model, ...words].filter(word => word !== '').join('_'))
}

/** A name that is too long ends in a digest of the whole. @param room bytes that it may have */
export function fitting(name: string, room = maxIdentifierBytes): string {
  if (Buffer.byteLength(name) <= room) return name
  const tail = `_${digest(name).slice(0, 8)}`
  return name.slice(0, room - tail.length).replace(/_+$/, '') + tail
}
