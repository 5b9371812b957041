// The words of a command line -> what is written to two streams, and an exit code. `seshat` itself and the tests that call it
// thousands of times in one process run the same.

import { readFileSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { env } from 'node:process'
import { CommanderError } from 'commander'
import { Faults } from '../diagnostics.js'
import type { ReportStream } from '../reporter.js'
import { packageDirectory, packagePrefix } from '../source_file.js'
import { isSystemError, systemFault } from '../system_errors.js'
import type { Action, CliOptions } from './command.js'
import { program } from './program.js'

export interface CliStreams {
  readonly output: ReportStream
  readonly errors: ReportStream
}

const usageError = 2
const interruptCodes = { SIGINT: 130, SIGTERM: 143 } as const

/** Runs the command that the words name. @returns the exit code */
export async function runWords(words: readonly string[], streams: CliStreams): Promise<number> {
  let code = 0
  const cli = program(async (action, options, names) => {
    code = await runAction(action, options, names, streams)
  }, streams)
  try {
    await cli.parseAsync(words, { from: 'user' })
    return code
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause
    return cause.exitCode === 0 ? 0 : usageError
  }
}

/** Runs a command, turns faults into text and an exit code, and an interruption into a clean end. */
async function runAction(
  action: Action,
  options: CliOptions,
  names: readonly string[],
  { output, errors }: CliStreams,
): Promise<number> {
  const { createReporter } = await import('../reporter.js')
  const reporter = createReporter({
    format: options.logFormat,
    quiet: options.quiet ?? false,
    color: options.color && wantsColor(output),
    output,
    errors,
    textOf: file => readText(options, file),
  })
  const controller = new AbortController()
  let interruptCode: number | undefined
  const listeners = Object.entries(interruptCodes).map(([name, code]) => {
    const interrupt = (): void => {
      interruptCode = code
      controller.abort()
    }
    process.once(name, interrupt)
    return () => process.off(name, interrupt)
  })
  try {
    const code = await action(options, { reporter, signal: controller.signal }, names)
    return interruptCode ?? code
  } catch (cause) {
    if (cause instanceof Faults) {
      reporter.faults(cause.diagnostics)
      return interruptCode ?? cause.exitCode
    }
    if (isSystemError(cause)) {
      reporter.faults([systemFault(cause)])
      return usageError
    }
    reporter.faults([
      {
        code: 'internal-error',
        severity: 'error',
        message: 'this is a bug in Seshat',
        cause: (cause as Error).stack ?? String(cause),
        hint: 'Please report it with what you did and the text above.',
      },
    ])
    return usageError
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

/**
 * The text of a file that a diagnostic points into: a project's, the package's, or the text of an option. Never that of
 * profiles.yml, whose lines hold passwords.
 */
function readText(options: CliOptions, file: string): string | undefined {
  if (file === '--vars') return options.vars
  if (file === '--inline') return options.inline
  if (basename(file) === 'profiles.yml') return undefined
  const path = file.startsWith(packagePrefix)
    ? join(packageDirectory, file.slice(packagePrefix.length))
    : resolve(options.projectDir, file)
  return textIfThere(path)?.replace(/\r\n?/g, '\n')
}

function textIfThere(path: string): string | undefined {
  try {
    return statSync(path).isFile() ? readFileSync(path, 'utf8') : undefined
  } catch (cause) {
    if (isSystemError(cause)) return undefined // what cannot be read has no frame
    throw cause
  }
}
