// A page of the documentation -> what a test does with it: the files that it shows with a path, its shell commands in order
// with the output that it shows, and its other blocks of code. Comments of HTML, which readers do not see, say the rest:
//
//   <!-- run: begin in empty -->      where the page begins: `empty` `demo` (built) `above demo`
//   <!-- run: exit code 2 -->         of the next block; 0 without it
//   <!-- run: not here, because -->   the next block is not executed; `nothing here, because`: none of the page
//   <!-- run: with postgres -->       the next block is executed where there is a Postgres server
//   <!-- run first                    commands that make the situation that the page speaks of
//   ... -->

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageDirectory } from './command_line.js'

export interface Commands {
  readonly kind: 'commands'
  readonly line: number
  readonly script: string
  readonly exitCode: number
  readonly withPostgres: boolean
  /** What the page shows of it. */
  readonly output?: string
}
export type Part =
  | Commands
  | { readonly kind: 'not run'; readonly line: number; readonly script: string; readonly reason: string }
  | { readonly kind: 'file'; readonly line: number; readonly path: string; readonly text: string }

export interface Fence {
  readonly line: number
  readonly language: string
  /** After the language: the path of the file that the block is. */
  readonly path: string
  readonly text: string
  /** The lines of prose right above. */
  readonly above: string
}

export interface Page {
  readonly path: string
  readonly begin: string
  readonly parts: readonly Part[]
  readonly fences: readonly Fence[]
}

/** The README and all pages below docs/, by path. */
export const documentation: readonly string[] = [
  'README.md',
  ...readdirSync(join(packageDirectory, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.md'))
    .map(path => `docs/${path.replaceAll('\\', '/')}`)
    .sort(),
]

export const readPage = (path: string): Page =>
  parsePage(path, readFileSync(join(packageDirectory, path), 'utf8'))

const fenceOrComment =
  /^```(?<language>\w+) ?(?<path>.*)\n(?<text>[\s\S]*?)^```$|^<!-- run: (?<word>.*) -->$|^<!-- run first\n(?<first>[\s\S]*?)^-->$|^#+ .*$/gm

/** @throws Error where a comment is none of the above */
export function parsePage(path: string, text: string): Page {
  const parts: Part[] = []
  const fences: Fence[] = []
  let begin = ''
  const always: string[] = []
  let said: string[] = []
  for (const found of text.matchAll(fenceOrComment)) {
    const { language, path: file = '', text: code = '', word, first } = found.groups ?? {}
    const line = text.slice(0, found.index).split('\n').length
    if (word !== undefined) {
      const [, place] = /^begin in (empty|demo|above demo)$/.exec(word) ?? []
      const [, reason] = /^nothing here, (.+)$/.exec(word) ?? []
      if (place !== undefined) begin = place
      else if (reason !== undefined) always.push(`not here, ${reason}`)
      else said.push(word)
    } else if (first !== undefined) {
      parts.push({ kind: 'commands', line, script: first, exitCode: 0, withPostgres: false })
    } else if (language !== undefined) {
      const above = text.slice(0, found.index).split('\n').slice(-5).join('\n')
      fences.push({ line, language, path: file, text: code, above })
      const last = parts.at(-1)
      if (file !== '') parts.push({ kind: 'file', line, path: file, text: code })
      else if (language === 'sh') parts.push(shellPart(line, code, [...always, ...said], path))
      else if (language === 'text' && last?.kind === 'commands' && last.output === undefined)
        parts[parts.length - 1] = { ...last, output: code }
      said = []
    }
  }
  return { path, begin, parts, fences }
}

function shellPart(line: number, script: string, said: readonly string[], path: string): Part {
  let exitCode = 0
  let withPostgres = false
  for (const word of said) {
    const [, reason] = /^not here, (.+)$/.exec(word) ?? []
    const [, code] = /^exit code (\d+)$/.exec(word) ?? []
    if (reason !== undefined) return { kind: 'not run', line, script, reason }
    if (code !== undefined) exitCode = Number(code)
    else if (word === 'with postgres') withPostgres = true
    else throw new Error(`${path}:${line}: <!-- run: ${word} --> means nothing`)
  }
  return { kind: 'commands', line, script, exitCode, withPostgres }
}
