// The command line: words in, a command called, an exit code out. What commands there are stands in compiler/cli/.

import { argv, cwd, exit, stderr, stdout } from 'node:process'
import { program } from './cli/program.js'
import { usageError } from './cli/run_action.js'
import { runWords } from './cli/run_words.js'
import { isSystemError } from './system_errors.js'

/** What could come after some words, a line each; for the scripts of `completion`. */
async function complete(words: readonly string[]): Promise<void> {
  const { candidates } = await import('./completion/candidates.js')
  const { projectNames } = await import('./completion/project_names.js')
  const described = program(async () => undefined)
  const found = candidates(described, words, projectNames(words, workingDirectory()))
  stdout.write(found.map(candidate => `${candidate}\n`).join(''))
}

/** The root where the folder is gone: then there is no project to offer names of. */
function workingDirectory(): string {
  try {
    return cwd()
  } catch (cause) {
    if (isSystemError(cause)) return '/'
    throw cause
  }
}

/** Ends the process when all that was written has reached its reader: a pipe takes its time. */
const finish = (code: number): void => {
  stdout.write('', () => {
    if (unwritten) stderr.write(`error[system-error]: not everything was written: ${unwritten.message}\n`)
    stderr.write('', () => exit(unwritten ? usageError : code))
  })
}

// Whoever reads may go away, as head does: what is under way goes on, and nobody is told of it. A full disk is another matter.
let unwritten: NodeJS.ErrnoException | undefined
stdout.on('error', (cause: NodeJS.ErrnoException) => {
  if (cause.code !== 'EPIPE') unwritten ??= cause
})
stderr.on('error', () => undefined)

const [, , first, ...rest] = argv
if (first === '__complete') void complete(rest)
else void runWords(argv.slice(2), { output: stdout, errors: stderr }).then(finish)
