// The pages of docs/reference: every command, key, variable and error code, written from the code that reads or says them.
// `npm run reference` writes them; a test fails where one is not current.

import type { Command } from 'commander'
import { codeGroups } from '../diagnostic_codes.js'
import { commandsPage } from './commands.js'
import { configPage } from './config.js'
import { page, prose, table } from './markdown.js'
import { variablesPage } from './variables.js'

/** By the name of their files. */
export const referencePages = (program: Command): ReadonlyMap<string, string> =>
  new Map([
    ['commands.md', commandsPage(program)],
    ['config.md', configPage()],
    ['errors.md', errorsPage()],
    ['variables.md', variablesPage()],
  ])

function errorsPage(): string {
  const groups = Object.entries(codeGroups).flatMap(([title, codes]) => [
    `## ${title}`,
    ...Object.entries(codes)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([code, { what, why, next }]) =>
          `### ${code}\n\n${prose(`${what} ${why}`)}\n\n*What to do:* ${prose(next)}`,
      ),
  ])
  return page(
    'Errors',
    'Every fault has a code that does not change: `error[unknown-ref]`, or `"code"` in `--log-format json`.',
    table(
      ['exit code', 'meaning'],
      [
        ['0', 'done'],
        ['1', 'a step or a test failed'],
        ['2', 'usage, configuration or compile error, or no connection'],
        ['3', 'another run holds the lock'],
        ['4', '`diff` found changes that it was told to fail on'],
        ['130, 143', 'interrupted by Ctrl-C, by a TERM signal'],
      ],
    ),
    ...groups,
  )
}
