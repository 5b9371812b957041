// A command's action and options in, its exit code out; what it says and what goes wrong goes through the reporter made here.

import { existsSync, readFileSync } from 'node:fs'
import { basename, isAbsolute, join } from 'node:path'
import { cwd } from 'node:process'
import { type Diagnostic, Faults } from '../diagnostics.js'
import type { Output, Reporter } from '../reporter.js'
import { packageDirectory } from '../source_file.js'
import type { Action, CliOptions } from './command.js'

export const usageError = 2

/** Where a command writes to, and whether that shows colours. */
export interface Outlets {
  readonly output: Output
  readonly errors: Output
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
    reporter.faults(cause instanceof Faults ? cause.diagnostics : [bug(cause)])
    return cause instanceof Faults ? cause.exitCode : usageError
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
  const project = isAbsolute(options.projectDir) ? options.projectDir : join(cwd(), options.projectDir)
  const path = file.startsWith('seshat:')
    ? join(packageDirectory, file.slice('seshat:'.length))
    : isAbsolute(file)
      ? file
      : join(project, file)
  return existsSync(path) ? readFileSync(path, 'utf8').replaceAll('\r\n', '\n') : undefined
}
