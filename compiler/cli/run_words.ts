// The words of a command line -> what is written to two streams, and an exit code. `seshat` itself and the tests that call it
// thousands of times in one process run the same.

import { env } from 'node:process'
import { CommanderError } from 'commander'
import type { ReportStream } from '../reporter.js'
import type { Action, CliOptions } from './command.js'
import { type Invoke, program } from './program.js'
import { bug, reporterOf, runAction, usageError } from './run_action.js'

export interface CliStreams {
  readonly output: ReportStream
  readonly errors: ReportStream
}

const interruptCodes = { SIGINT: 130, SIGTERM: 143 } as const

/** Runs the command that the words name. @returns the exit code */
export async function runWords(words: readonly string[], streams: CliStreams): Promise<number> {
  let code = 0
  const invoke: Invoke = async (action, options, names) => {
    code = await runUntilEnd(action, options, names, streams)
  }
  const cli = program(invoke, words[0], streams)
  try {
    await cli.parseAsync(words, { from: 'user' })
    return code
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause
    return cause.exitCode === 0 ? 0 : usageError
  }
}

/** Runs a command, turns an interruption into a clean end, and tells what nobody has caught. */
async function runUntilEnd(
  action: Action,
  options: CliOptions,
  names: readonly string[],
  { output, errors }: CliStreams,
): Promise<number> {
  const controller = new AbortController()
  let interruptCode: number | undefined
  const listeners: (() => void)[] = []
  const listen = (event: string, listener: (cause: unknown) => void): void => {
    process.once(event, listener)
    listeners.push(() => process.off(event, listener))
  }
  for (const [name, code] of Object.entries(interruptCodes))
    listen(name, () => {
      interruptCode = code
      controller.abort()
    })
  const reporter = await reporterOf(options, { output, errors, color: wantsColor(output) })
  // Node itself would write all that an error holds, a request with its password among it.
  const crashed = new Promise<number>(resolve =>
    listen('uncaughtException', cause => {
      reporter.faults([bug(cause)])
      resolve(usageError)
    }),
  )
  try {
    const code = await Promise.race([runAction(action, options, names, reporter, controller.signal), crashed])
    return interruptCode ?? code
  } finally {
    for (const remove of listeners) remove()
  }
}

/** NO_COLOR turns colours off, FORCE_COLOR on, a terminal has them. */
function wantsColor(output: ReportStream): boolean {
  if (env['NO_COLOR']) return false
  const forced = env['FORCE_COLOR']
  return forced === undefined ? output.isTTY === true : forced !== '0' && forced !== 'false'
}
