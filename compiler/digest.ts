// The digest by which texts are compared: short, since it stands in the manifest thousands of times.

import * as crypto from 'node:crypto'
import { isLong, piecesOf } from './text_pieces.js'

/** 64 bits of SHA-256, in hexadecimal. */
export function digest(text: string | Uint8Array): string {
  return shortened(typeof text === 'string' && isLong(text) ? sha256OfPieces(piecesOf(text)) : sha256(text))
}

/** The digest of what pieces make. */
export const digestOfPieces = (pieces: Iterable<string | Uint8Array>): string =>
  shortened(sha256OfPieces(pieces))

/** Joined of two pieces: cut out in one, or added, other texts would stay in memory behind it. */
const shortened = (whole: string): string => [whole.slice(0, 8), whole.slice(8, 16)].join('')

/** At once where node can do that (20.12), which takes half the time. */
const sha256: (text: string | Uint8Array) => string = crypto.hash
  ? text => crypto.hash('sha256', text, 'hex')
  : text => crypto.createHash('sha256').update(text).digest('hex')

function sha256OfPieces(pieces: Iterable<string | Uint8Array>): string {
  const hash = crypto.createHash('sha256')
  for (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}

/** Of files that were read. */
const known = new WeakMap<object, string>()

/** The digest of the text of a file, worked out once. */
export function fileDigest(file: { readonly text: string }): string {
  const found = known.get(file) ?? digest(file.text)
  known.set(file, found)
  return found
}
