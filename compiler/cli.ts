#!/usr/bin/env node
// The command line: words in, a command called, an exit code out. What commands there are stands in compiler/cli/.

import { argv, cwd, env, exit, stderr, stdout } from 'node:process'
import { CommanderError } from 'commander'
import type { Action, CliOptions } from './cli/command.js'
import { type Invoke, program } from './cli/program.js'
import { bug, reporterOf, runAction, usageError } from './cli/run_action.js'

const interruptCodes = { SIGINT: 130, SIGTERM: 143 } as const

/** Runs a command, and turns an interruption into a clean end. */
async function run(action: Action, options: CliOptions, names: readonly string[]): Promise<number> {
  const reporter = await reporterOf(options, { output: stdout, errors: stderr, color: wantsColor() })
  // Node itself would write all that an error holds, a request with its password among it.
  process.once('uncaughtException', cause => {
    reporter.faults([bug(cause)])
    finish(usageError)
  })
  const controller = new AbortController()
  let interruptCode: number | undefined
  for (const [name, code] of Object.entries(interruptCodes)) {
    process.once(name, () => {
      interruptCode = code
      controller.abort()
    })
  }
  const code = await runAction(action, options, names, reporter, controller.signal)
  return interruptCode ?? code
}

/** NO_COLOR turns colours off, FORCE_COLOR on, a terminal has them. */
function wantsColor(): boolean {
  if (env['NO_COLOR']) return false
  const forced = env['FORCE_COLOR']
  return forced === undefined ? stdout.isTTY === true : forced !== '0' && forced !== 'false'
}

/** What could come after some words, a line each; for the scripts of `completion`. */
async function complete(words: readonly string[]): Promise<void> {
  const { candidates } = await import('./completion/candidates.js')
  const { projectNames } = await import('./completion/project_names.js')
  const found = candidates(program(invoke), words, projectNames(words, cwd()))
  stdout.write(found.map(candidate => `${candidate}\n`).join(''))
}

/** Ends the process when all that was written has reached its reader: a pipe takes its time. */
const finish = (code: number): void => {
  stdout.write('', () => stderr.write('', () => exit(code)))
}

const invoke: Invoke = async (action, options, names) => finish(await run(action, options, names))

async function parse(words: readonly string[]): Promise<void> {
  try {
    await program(invoke).parseAsync(words, { from: 'user' })
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause
    finish(cause.exitCode === 0 ? 0 : usageError)
  }
}

const [, , first, ...words] = argv
if (first === '__complete') await complete(words)
else await parse(argv.slice(2))
