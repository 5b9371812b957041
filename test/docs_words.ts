// The lines of shell blocks that call seshat -> the words in them that no command has, so that pages which cannot be executed
// name at least what there is. What there is stands in docs/reference/commands.md, which the code writes.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageDirectory } from './command_line.js'
import type { Fence } from './docs_pages.js'

/** Command -> its options, long and short. */
export type KnownWords = ReadonlyMap<string, ReadonlySet<string>>

export function knownWords(): KnownWords {
  const text = readFileSync(join(packageDirectory, 'docs', 'reference', 'commands.md'), 'utf8')
  return new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map(section => {
        const rows = section.match(/^\| `-[^|]*/gm)?.join(' ') ?? ''
        return [
          section.split('\n')[0] ?? '',
          new Set(['--help', ...(rows.match(/(?<=[`\s])--?[\w-]+/g) ?? [])]),
        ]
      }),
  )
}

export function unknownWords(path: string, fences: readonly Fence[], known: KnownWords): readonly string[] {
  return fences
    .filter(({ language }) => ['sh', 'bash', 'yaml', 'python'].includes(language))
    .flatMap(({ line, text }) =>
      [...text.matchAll(/(?:^|&& |then |-install |npx )seshat (.*)/gm)].flatMap(([, call = '']) =>
        unknownOf(call, known).map(word => `${path}:${line}: ${word} in seshat ${call}`),
      ),
    )
}

function unknownOf(call: string, known: KnownWords): readonly string[] {
  const words =
    call
      .replaceAll(/"(?:\\.|[^"\\])*"|'[^']*'/g, 'text')
      .split(/ (?:#|&&|\|\|?|>|2>) ?/)[0]
      ?.split(/\s+/) ?? []
  const [command = '', ...rest] = words
  if (command.startsWith('-')) return []
  const options = known.get(command)
  if (!options) return [command]
  return rest.map(word => word.split('=')[0] ?? '').filter(word => /^-/.test(word) && !options.has(word))
}
