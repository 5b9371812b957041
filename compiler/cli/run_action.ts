// A command's action and options in, its exit code out; what it says and what goes wrong goes through the reporter made here.

import { readFileSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { type Diagnostic, Faults } from '../diagnostics.js'
import type { Reporter, ReportStream } from '../reporter.js'
import { packageDirectory, packagePrefix } from '../source_file.js'
import { isSystemError, systemFault } from '../system_errors.js'
import type { Action, CliOptions } from './command.js'

export const usageError = 2

/** Where a command writes to, and whether that shows colours. */
export interface Outlets {
  readonly output: ReportStream
  readonly errors: ReportStream
  readonly color: boolean
}

/** Of a command with these options. */
export async function reporterOf(options: CliOptions, { output, errors, color }: Outlets): Promise<Reporter> {
  const { createReporter } = await import('../reporter.js')
  return createReporter({
    format: options.logFormat,
    quiet: options.quiet ?? false,
    color: options.color && color,
    output,
    errors,
    textOf: file => readText(options, file),
  })
}

/** Runs a command and tells its faults. @returns the exit code */
export async function runAction(
  action: Action,
  options: CliOptions,
  names: readonly string[],
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> {
  try {
    return await action(options, { reporter, signal }, names)
  } catch (cause) {
    if (cause instanceof Faults) {
      reporter.faults(cause.diagnostics)
      return cause.exitCode
    }
    reporter.faults([isSystemError(cause) ? systemFault(cause) : bug(cause)])
    return usageError
  }
}

/** What was thrown and is no fault. */
export const bug = (cause: unknown): Diagnostic => ({
  code: 'internal-error',
  severity: 'error',
  message: 'this is a bug in Seshat',
  cause: cause instanceof Error ? (cause.stack ?? String(cause)) : String(cause),
  hint: 'Please report it with what you did and the text above.',
})

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
