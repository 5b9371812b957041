#!/usr/bin/env node
// The command line: words in, a command called, an exit code out. What commands there are stands in compiler/cli/.

import { argv, cwd, exit, stderr, stdout } from 'node:process'
import { program } from './cli/program.js'
import { runWords } from './cli/run_words.js'

/** What could come after some words, a line each; for the scripts of `completion`. */
async function complete(words: readonly string[]): Promise<void> {
  const { candidates } = await import('./completion/candidates.js')
  const { projectNames } = await import('./completion/project_names.js')
  const described = program(async () => undefined)
  const found = candidates(described, words, projectNames(words, cwd()))
  stdout.write(found.map(candidate => `${candidate}\n`).join(''))
}

/** Ends the process when all that was written has reached its reader: a pipe takes its time. */
const finish = (code: number): void => {
  stdout.write('', () => stderr.write('', () => exit(code)))
}

// Whoever reads may go away, as head does: what is under way goes on, and nobody is told of it.
for (const stream of [stdout, stderr]) stream.on('error', () => undefined)

const [, , first, ...words] = argv
if (first === '__complete') await complete(words)
else finish(await runWords(argv.slice(2), { output: stdout, errors: stderr }))
