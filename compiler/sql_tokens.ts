// SQL text -> tokens, as far as every warehouse agrees: what is left of a statement when comments, white space and the
// case of words are taken away. Two statements with the same tokens do the same.

export interface Token {
  /** A comment or white space is no token. `mark` stands for a reference that is not resolved yet. */
  readonly kind: 'word' | 'string' | 'quoted' | 'number' | 'symbol' | 'mark'
  /** Words in lower case; all else as it stands. */
  readonly text: string
}

export interface PlacedToken extends Token {
  /** Where it begins, in UTF-16 units from 0. */
  readonly at: number
  readonly length: number
}

const spaces = /\s+|--[^\n]*/y
type Kind = readonly [kind: Token['kind'], first: RegExp, pattern: RegExp]
/** Tried in this order; `first` is what a token of the kind can begin with. */
const kinds: readonly Kind[] = [
  ['mark', /[\u0001\u0002]/, /\u0001[^\u0001]*\u0001|\u0002[^\u0004]*\u0004/y],
  // Most words are of ASCII alone, which is quicker to match.
  ['word', /[A-Za-z_$]/, /[A-Za-z_$][\w$]*(?![\w$\u0080-\uffff])/y],
  ['word', /[\p{L}_$]/u, /[\p{L}_$][\p{L}\p{N}_$]*/uy],
  ['number', /[\d.]/, /\d+(\.\d*)?([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?/y],
  ['quoted', /"/, /"(?:[^"]|"")*"/y],
  ['symbol', /[\s\S]/, /::|<=|>=|<>|!=|\|\||->>|->|#>>|#>|@>|<@|!~\*|!~|~\*|=>|:=|&&|<<|>>|[\s\S]/y],
]
/** By the code of an ASCII character: the kinds of token that can begin with it. */
const kindsOf = Array.from({ length: 128 }, (_, code) =>
  kinds.filter(([, first]) => first.test(String.fromCharCode(code))),
)
const canBeSpace = Array.from({ length: 128 }, (_, code) => /[\s-]/.test(String.fromCharCode(code)))
/** By the code of an ASCII character: white space, what a word of ASCII begins with and goes on with, symbols that stand alone. */
const asciiTable = (pattern: RegExp): readonly boolean[] =>
  Array.from({ length: 128 }, (_, code) => pattern.test(String.fromCharCode(code)))
const isAsciiSpace = asciiTable(/\s/)
const beginsWord = asciiTable(/[A-Za-z_]/)
const isInWord = asciiTable(/[\w$]/)
const isLoneSymbol = asciiTable(/[()[\]{},;+*%^?]/)
const plainString = /'(?:[^']|'')*'/y
const escapingString = /'(?:[^'\\]|''|\\[\s\S])*'/y

/** @param backslashEscapes whether `\'` is a quote inside every text, as on Redshift and Snowflake */
export function tokensOf(sql: string, backslashEscapes: boolean): readonly PlacedToken[] {
  const tokens: PlacedToken[] = []
  const dollars = new DollarQuotes()
  let at = 0
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    if (!pattern.test(sql)) return undefined
    const found = sql.slice(at, pattern.lastIndex)
    at = pattern.lastIndex
    return found
  }
  while (at < sql.length) {
    const code = sql.charCodeAt(at)
    // Nearly all of a text is of these three, which need no pattern.
    if (isAsciiSpace[code]) {
      at += 1
      continue
    }
    if (beginsWord[code]) {
      let end = at + 1
      while (isInWord[sql.charCodeAt(end)]) end += 1
      if (!(sql.charCodeAt(end) >= 0x80)) {
        tokens.push({ kind: 'word', text: sql.slice(at, end).toLowerCase(), at, length: end - at })
        at = end
        continue
      }
    }
    if (isLoneSymbol[code] || (code === 0x2e && !(sql.charCodeAt(at + 1) >= 0x30))) {
      tokens.push({ kind: 'symbol', text: sql.charAt(at), at, length: 1 })
      at += 1
      continue
    }
    if ((canBeSpace[code] ?? true) && take(spaces) !== undefined) continue
    if (sql.startsWith('/*', at)) {
      at = endOfComment(sql, at)
      continue
    }
    const start = at
    if (sql[at] === "'") {
      const isEscape = tokens.at(-1)?.text === 'e' && /e/i.test(sql[at - 1] ?? '')
      const text = take(backslashEscapes || isEscape ? escapingString : plainString) ?? sql.slice(at)
      if (at === start) at = sql.length // not closed: the rest is one token
      tokens.push({ kind: 'string', text, at: start, length: text.length })
      continue
    }
    const closed = sql[at] === '$' ? dollars.end(sql, at) : undefined
    if (closed !== undefined) {
      at = closed
      tokens.push({ kind: 'string', text: sql.slice(start, at), at: start, length: at - start })
      continue
    }
    for (const [kind, , pattern] of kindsOf[code] ?? kinds) {
      const text = take(pattern)
      if (text === undefined) continue
      tokens.push({ kind, text: kind === 'word' ? text.toLowerCase() : text, at: start, length: text.length })
      break
    }
  }
  return tokens
}

/** Whether there is nothing but comments and white space. */
export function isBlank(sql: string): boolean {
  let at = 0
  while (at < sql.length) {
    spaces.lastIndex = at
    if (spaces.test(sql)) at = spaces.lastIndex
    else if (sql.startsWith('/*', at)) at = endOfComment(sql, at)
    else return false
  }
  return true
}

/** `$$...$$` and `$tag$...$tag$`. Where each tag stands last is found once, so that no tag is looked for in vain. */
class DollarQuotes {
  #last: Map<string, number> | undefined

  /** Behind the text that begins at `start`; undefined where none does, or where it has no end. */
  end(sql: string, start: number): number | undefined {
    const tag = tagAt(sql, start)
    if (tag === undefined) return undefined
    this.#last ??= lastTags(sql)
    const inside = start + tag.length
    if ((this.#last.get(tag) ?? 0) < inside) return undefined
    return sql.indexOf(tag, inside) + tag.length
  }
}

function tagAt(sql: string, at: number): string | undefined {
  const tag = /\$([A-Za-z_]\w*)?\$/y
  tag.lastIndex = at
  return tag.exec(sql)?.[0]
}

function lastTags(sql: string): Map<string, number> {
  const last = new Map<string, number>()
  for (let at = sql.indexOf('$'); at !== -1; at = sql.indexOf('$', at + 1)) {
    const tag = tagAt(sql, at)
    if (tag !== undefined) last.set(tag, at)
  }
  return last
}

/** Comments nest. */
function endOfComment(sql: string, start: number): number {
  const border = /\/\*|\*\//g
  border.lastIndex = start
  let depth = 0
  for (let found = border.exec(sql); found; found = border.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1
    if (depth === 0) return border.lastIndex
  }
  return sql.length
}

/** How deep in brackets each token stands, given their texts; a bracket has the depth outside of it. */
export function depthsOf(tokens: readonly string[]): readonly number[] {
  let depth = 0
  return tokens.map(text => {
    if (text === ')' || text === ']') depth -= 1
    const own = depth
    if (text === '(' || text === '[') depth += 1
    return own
  })
}
