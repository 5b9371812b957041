// Secrets in, a function that takes them out of texts. Servers and libraries repeat what they were given in forms of their
// own: escaped, encoded, cut off, a line of many. All of these are looked for.

/** Gives a text as it may be shown. */
export type Clean = (text: string) => string

const mask = '***'
/** A shorter one stands in too many words: it is taken for one only where it is a word by itself. */
const leastAnywhere = 4
/** A single character is no secret. */
const leastAsWord = 2
/** A line of a longer secret, such as a key. */
const leastLine = 8
/** A longer one is looked for in pieces: a regular expression cannot have any length. */
const longestPiece = 500
/** What Postgres leaves of a name. */
const nameBytes = 63

/** Letters of either case are taken for one another: some servers raise the names that they are given. */
export function hiding(secrets: readonly string[]): Clean {
  const forms = [...new Set(secrets.flatMap(formsOf).flatMap(pieces))]
  if (forms.length === 0) return text => text
  const each = forms.map(form => new RegExp(patternOf(form), 'giu'))
  return text => (each.some(pattern => text.search(pattern) !== -1) ? masked(text, each) : text)
}

/** Data with every text in it cleaned; keys and numbers stay. It has to be such that JSON can hold it. */
export const withCleanTexts = <T>(data: T, clean: Clean): T =>
  JSON.parse(JSON.stringify(data), (_, value: unknown) => (typeof value === 'string' ? clean(value) : value))

/** Places of several secrets may overlap: none leaves the end of another. */
function masked(text: string, patterns: readonly RegExp[]): string {
  const places = patterns
    .flatMap(pattern =>
      [...text.matchAll(pattern)].map(({ index, 0: found }) => [index, index + found.length] as const),
    )
    .sort(([a], [b]) => a - b)
  let shown = ''
  let done = 0
  for (const [start, end] of places) {
    if (start > done || shown === '') shown += text.slice(done, start) + mask
    else if (start === done && !shown.endsWith(mask)) shown += mask
    done = Math.max(done, end)
  }
  return shown + text.slice(done)
}

function patternOf(form: string): string {
  const exact = form.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  return form.length < leastAnywhere ? `(?<![\\p{L}\\p{N}_])${exact}(?![\\p{L}\\p{N}_])` : exact
}

function formsOf(secret: string): readonly string[] {
  const trimmed = secret.trim()
  if (trimmed.length < leastAsWord) return []
  if (trimmed.length < leastAnywhere) return [trimmed]
  const lines = trimmed.split(/\r?\n|\\n/).map(line => line.trim())
  const parts = lines.length > 1 ? lines.filter(line => line.length >= leastLine) : []
  return [trimmed, ...parts].flatMap(text => [...spellings(text), ...base64Forms(text)])
}

/** The last one overlaps the one before, so that none is so short that it stands in other words. */
function pieces(form: string): readonly string[] {
  if (form.length <= longestPiece) return [form]
  const count = Math.ceil(form.length / longestPiece)
  return Array.from({ length: count }, (_, index) => {
    const start = Math.min(index * longestPiece, form.length - longestPiece)
    return form.slice(start, start + longestPiece)
  })
}

function spellings(text: string): readonly string[] {
  const quoted = JSON.stringify(text).slice(1, -1)
  // Without halves of characters, which have no encoding.
  const form = new URLSearchParams([['', text]]).toString().slice(1)
  const encoded = encodeURIComponent(Buffer.from(text).toString())
  const cut = Buffer.from(text)
    .subarray(0, nameBytes)
    .toString()
    .replace(/\ufffd$/, '')
  return [text, cut, quoted, text.replaceAll("'", "''"), quoted.replaceAll("'", "\\'"), encoded, form]
}

/** As it stands in the middle of more that is encoded: it begins at each of three places of a group. */
function base64Forms(text: string): readonly string[] {
  const bytes = Buffer.from(text)
  return [0, 1, 2].flatMap(before => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    // Characters that hold bits of a neighbour are left out.
    const first = before === 0 ? 0 : before + 1
    const last = (before + bytes.length) % 3 === 0 ? whole.length : whole.length - 1
    const core = whole.slice(first, last)
    if (core.length < leastLine) return []
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')]
  })
}
