// A template before and after somebody edited the text between its calls -> what it renders to now, without rendering it. Its
// calls are the same, so they print what they printed before: what that was is read off what it rendered to then.

import type { Place } from '../diagnostics.js'
import { type PlainTemplate, readPlainTemplate } from '../plain_template.js'
import { referenceHandle } from '../reference.js'
import type { SourceFile } from '../source_file.js'
import { isBlank } from '../sql_tokens.js'

export interface EditedTemplate {
  /** The select, with marks for relations. */
  readonly sql: string
  /** What it was. */
  readonly was: string
  /** Where now stands what stood at a place before; undefined where nobody knows. */
  placeOf(place: Place): Place | undefined
}

/** Whether the text itself says what all of its calls print, if it is plain. */
export const printsKnown = (text: string): boolean => !/\{\{(?!\s*(?:config|ref|source)\s*\()/.test(text)

/** A template that renders to more is left to the engine, which counts letters. */
const mostLetters = 1_000_000

/**
 * @param sql what the model rendered to before; null where its text says so
 * @returns undefined where more than text was edited, and where it cannot be told what a call has printed
 */
export function editedTemplate(
  before: SourceFile,
  sql: string | null,
  now: SourceFile,
): EditedTemplate | undefined {
  const [old, edited] = [readPlainTemplate(before), readPlainTemplate(now)]
  if (!old || !edited || callsOf(old) !== callsOf(edited)) return undefined
  const printed = printedTexts(old)
  const known = textsBetween(old, printed)
  const was = sql ?? (known.length === 1 ? selectIn(known.join('')) : undefined)
  const outputs = was === undefined ? undefined : outputsIn(was, known)
  if (was === undefined || !outputs) return undefined
  const texts = textsBetween(edited, printed)
  const rendered = texts.map((text, index) => text + (outputs[index] ?? '')).join('')
  const select = selectIn(rendered)
  if (rendered.length > mostLetters || isBlank(select)) return undefined
  const places = new Map(old.calls.map(({ at }, index) => [keyOf(at), edited.calls[index]?.at]))
  return {
    sql: select,
    was,
    // What has no call of its own stands at the start of the file.
    placeOf: place =>
      places.get(keyOf(place)) ?? (place.line === 1 && place.column === 1 ? place : undefined),
  }
}

const keyOf = ({ line, column }: Place): string => `${line}:${column}`

/** What is done to a rendered text before it is a select. */
function selectIn(rendered: string): string {
  const text = rendered.trim()
  return text.endsWith(';') ? text.slice(0, -1).trimEnd() : text
}

const callsOf = ({ pieces }: PlainTemplate): string =>
  JSON.stringify(
    pieces.flatMap(piece =>
      typeof piece === 'string' ? [] : [[piece.name, piece.values, piece.named ?? null]],
    ),
  )

/** What each call prints as far as that is known by itself; undefined for others. */
const printedTexts = ({ pieces }: PlainTemplate): readonly (string | undefined)[] =>
  pieces.flatMap(piece => {
    if (typeof piece === 'string') return []
    const [first, second] = piece.values
    if (piece.name === 'config') return ['']
    if (piece.name === 'ref') return [String(referenceHandle('ref', String(first)))]
    if (piece.name === 'source') return [String(referenceHandle('source', `${first}.${second}`))]
    return [undefined]
  })

/** The texts before, between and behind the calls of which nobody knows what they print. */
function textsBetween(
  { pieces }: PlainTemplate,
  printed: readonly (string | undefined)[],
): readonly string[] {
  const texts = ['']
  let call = 0
  for (const piece of pieces) {
    const text = typeof piece === 'string' ? piece : printed[call++]
    if (text === undefined) texts.push('')
    else texts[texts.length - 1] += text
  }
  return texts
}

/** What stands between the texts, where that can be in one way alone. */
function outputsIn(sql: string, texts: readonly string[]): readonly string[] | undefined {
  const [only = ''] = texts
  if (texts.length === 1) return selectIn(only) === sql ? [] : undefined
  const first = only.trimStart()
  const last = selectIn(`.${texts.at(-1)}`).slice(1)
  // Where it begins or ends with a call, what was cut off may have been the call's.
  if (first === '' || last === '' || !sql.startsWith(first) || !sql.endsWith(last)) return undefined
  const inner = texts.slice(1, -1)
  const [start, end] = [first.length, sql.length - last.length]
  const soonest = soonestPlaces(sql, inner, start, end)
  const latest = latestPlaces(sql, inner, start, end)
  if (!soonest || !latest || soonest.some((at, index) => at !== latest[index])) return undefined
  const starts = [start, ...soonest.map((at, index) => at + (inner[index]?.length ?? 0))]
  return starts.map((from, index) => sql.slice(from, soonest[index] ?? end))
}

/** Where texts are found that follow one another between two places, each as soon as it can be. */
function soonestPlaces(
  sql: string,
  texts: readonly string[],
  start: number,
  end: number,
): readonly number[] | undefined {
  const places: number[] = []
  let from = start
  for (const text of texts) {
    const at = text === '' ? -1 : sql.indexOf(text, from)
    if (at === -1) return undefined
    places.push(at)
    from = at + text.length
  }
  return from <= end ? places : undefined
}

/** The same, each as late as it can be. */
function latestPlaces(
  sql: string,
  texts: readonly string[],
  start: number,
  end: number,
): readonly number[] | undefined {
  const places: number[] = []
  let to = end
  for (const text of [...texts].reverse()) {
    const at = to < text.length ? -1 : sql.lastIndexOf(text, to - text.length)
    if (at === -1) return undefined
    places.unshift(at)
    to = at
  }
  return to >= start ? places : undefined
}
