// The text of a YAML file -> its document, in which each key is a text that stands once, each alias has an anchor above it, and
// nothing is nested deeper than anybody writes. In time that grows with the length of the text, whatever stands in it.

import {
  type Alias,
  type Document,
  isScalar,
  Lexer,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml'
import { type Diagnostic, error, Faults, type Place } from './diagnostics.js'
import { placeAt, type SourceFile } from './source_file.js'

/** Lists and maps in one another; what reads them goes down as deep. */
const maxDepth = 100

/**
 * @param secret whether nothing of the text may be repeated
 * @throws Faults `bad-yaml`: every syntax error of the file, repeated keys and alias bombs among them
 */
export function readDocument(
  { path, text }: SourceFile,
  secret: boolean,
): { readonly document: Document; readonly data: unknown } {
  const faults = new SyntaxFaults(path, text, secret)
  faults.findDepth()
  faults.end()
  const document = parseDocument(text, {
    prettyErrors: false,
    version: '1.2',
    uniqueKeys: false,
    logLevel: 'error',
  })
  faults.addParsed(document)
  faults.end()
  faults.visit(document)
  faults.end()
  try {
    return { document, data: document.toJS({ maxAliasCount: 100 }) }
  } catch {
    const at = placeAt(path, text, 0, 1)
    throw new Faults([
      error('bad-yaml', 'its aliases stand for too many values', { at, hint: 'Write the values out.' }),
    ])
  }
}

/** Where the parser's own words would not tell a person what to do. */
const wordings: Readonly<Partial<Record<YAMLError['code'], { message: string; hint: string }>>> = {
  MULTIPLE_DOCS: {
    message: 'the file holds more than one document',
    hint: 'Remove the line --- and what does not belong here.',
  },
  TAG_RESOLVE_FAILED: { message: 'this tag has no meaning here', hint: 'Write the value without a tag.' },
  TAB_AS_INDENT: { message: 'a tab cannot indent', hint: 'Indent with spaces.' },
}
/** What the parser quotes stands in the frame, and in profiles.yml it may be a secret. */
const withoutQuote = (message: string): string =>
  message.replace(/(: "|(?<=extra characters|Not a YAML token): |(?<=escape sequence) ).*$/s, '')

const tooDeep = {
  message: 'lists and maps are nested too deeply here',
  hint: `At most ${maxDepth} in one another.`,
}

/** Of several faults at one place the first counts. */
class SyntaxFaults {
  readonly #found = new Map<number, Diagnostic>()
  readonly #end: number

  constructor(
    private readonly path: string,
    private readonly text: string,
    private readonly secret: boolean,
  ) {
    this.#end = text.trimEnd().length
  }

  add(offset: number, length: number, message: string, hint?: string): void {
    const place = Math.min(offset, this.#end)
    if (this.#found.has(place)) return
    const at: Place = placeAt(this.path, this.text, place, length)
    this.#found.set(place, error('bad-yaml', message, { at, ...(hint ? { hint } : {}) }))
  }

  /** @throws Faults of all that was added, if anything was */
  end(): void {
    if (this.#found.size === 0) return
    throw new Faults([...this.#found].sort(([a], [b]) => a - b).map(([, fault]) => fault))
  }

  /** Brackets, before anything goes down into them. */
  findDepth(): void {
    let depth = 0
    let offset = 0
    for (const token of new Lexer().lex(this.text)) {
      if (token === '[' || token === '{') depth += 1
      else if (token === ']' || token === '}') depth -= 1
      if (depth > maxDepth) {
        this.add(offset, 1, tooDeep.message, tooDeep.hint)
        return
      }
      // What the lexer says of the text between is of control characters, which no file has.
      if (!/^[\u0002\u0018\u001f]/.test(token)) offset += token.length
    }
  }

  addParsed(document: Document): void {
    for (const fault of [...document.errors, ...document.warnings]) {
      const [start, stop] = fault.pos
      if (fault.message.includes('call stack')) {
        this.add(start, 1, tooDeep.message, tooDeep.hint)
        return
      }
      const { message, hint } = wordings[fault.code] ?? { message: withoutQuote(fault.message) }
      this.add(start, stop - start, message, hint)
    }
  }

  /** What the parser takes, and a person cannot have meant. */
  visit(document: Document): void {
    const anchors = new Map<string, Node>()
    const note = (node: Node & { readonly anchor?: string }): void => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node)
    }
    visit(document, {
      Scalar: (_, node) => note(node),
      Seq: (_, node, path) => {
        note(node)
        return this.#checkDepth(node, path.length)
      },
      Map: (_, node, path) => {
        note(node)
        this.#checkKeys(node.items.map(({ key }) => key))
        return this.#checkDepth(node, path.length)
      },
      Alias: (_, alias, path) => this.#checkAlias(alias, anchors.get(alias.source), path),
    })
  }

  #checkAlias(alias: Alias, meant: Node | undefined, path: readonly unknown[]): void {
    const [start, stop] = alias.range ?? [0, 1]
    if (!meant)
      this.add(
        start,
        stop - start,
        `nothing is called ${this.secret ? 'by this name' : `&${alias.source}`} above this`,
        this.secret
          ? 'Put a value that begins with * in quotes.'
          : 'Correct the name, or write the value out.',
      )
    else if (path.includes(meant))
      this.add(
        start,
        stop - start,
        `${this.secret ? 'this alias' : `*${alias.source}`} stands for what it is a part of`,
        'Write the value out.',
      )
  }

  /** In a map of a path there stand the map and a pair. */
  #checkDepth(node: Node, steps: number): symbol | undefined {
    if (steps < 2 * maxDepth) return undefined
    this.add(node.range?.[0] ?? 0, 1, tooDeep.message, tooDeep.hint)
    return visit.BREAK
  }

  #checkKeys(keys: readonly unknown[]): void {
    const seen = new Set<string>()
    for (const key of keys) {
      const [start, stop] = (key as Node | null)?.range ?? [0, 1]
      const name = isScalar(key) ? String(key.value) : undefined
      if (!isScalar(key) || key.value === null)
        this.add(start, stop - start, 'a key must be a text', 'Put a name before the colon.')
      else if (name === '__proto__')
        this.add(start, stop - start, 'this name cannot be a key', 'Choose another name.')
      else if (name !== undefined && seen.has(name))
        this.add(start, stop - start, 'this key stands twice in its map', 'Keep one of the two.')
      if (name !== undefined) seen.add(name)
    }
  }
}
