// "Did you mean": the known names nearest to one that is not known.

import { distance } from 'fastest-levenshtein'

/** At most three names, nearest first; none that differs in more than about a third of its letters. */
export function nearestNames(name: string, known: Iterable<string>): readonly string[] {
  const limit = Math.max(2, Math.floor(name.length / 3))
  return [...new Set(known)]
    .map(candidate => ({
      candidate,
      away: distance(name.slice(0, 200).toLowerCase(), candidate.toLowerCase()),
    }))
    .filter(entry => entry.away <= limit || (name.length > 2 && entry.candidate.includes(name)))
    .sort((a, b) => a.away - b.away || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(entry => entry.candidate)
}

/** The same as a hint for a diagnostic; an empty object where nothing is near. */
export const nearest = (name: string, known: Iterable<string>): { hint?: string } =>
  didYouMean(nearestNames(name, known))

export const didYouMean = (names: readonly string[]): { hint?: string } =>
  names.length > 0 ? { hint: `Did you mean ${names.map(n => `'${n}'`).join(' or ')}?` } : {}
