#!/usr/bin/env node
// The command line: words in, a command called, an exit code out. What commands there are stands in compiler/cli/.

import { existsSync, readFileSync } from 'node:fs'
import { basename, isAbsolute, join } from 'node:path'
import { argv, cwd, env, exit, stderr, stdout } from 'node:process'
import { CommanderError } from 'commander'
import type { Action, CliOptions } from './cli/command.js'
import { type Invoke, program } from './cli/program.js'
import { type Diagnostic, Faults } from './diagnostics.js'
import { packageDirectory } from './source_file.js'

const usageError = 2
const interruptCodes = { SIGINT: 130, SIGTERM: 143 } as const

/** Runs a command, turns faults into text and an exit code, and an interruption into a clean end. */
async function runAction(action: Action, options: CliOptions, names: readonly string[]): Promise<number> {
  const { createReporter } = await import('./reporter.js')
  const reporter = createReporter({
    format: options.logFormat,
    quiet: options.quiet ?? false,
    color: options.color && wantsColor(),
    output: stdout,
    errors: stderr,
    textOf: file => readText(options, file),
  })
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
  try {
    const code = await action(options, { reporter, signal: controller.signal }, names)
    return interruptCode ?? code
  } catch (cause) {
    if (cause instanceof Faults) {
      reporter.faults(cause.diagnostics)
      return interruptCode ?? cause.exitCode
    }
    reporter.faults([bug(cause)])
    return usageError
  }
}

const bug = (cause: unknown): Diagnostic => ({
  code: 'internal-error',
  severity: 'error',
  message: 'this is a bug in Seshat',
  cause: cause instanceof Error ? (cause.stack ?? String(cause)) : String(cause),
  hint: 'Please report it with what you did and the text above.',
})

/** NO_COLOR turns colours off, FORCE_COLOR on, a terminal has them. */
function wantsColor(): boolean {
  if (env['NO_COLOR']) return false
  const forced = env['FORCE_COLOR']
  return forced === undefined ? stdout.isTTY === true : forced !== '0' && forced !== 'false'
}

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

const invoke: Invoke = async (action, options, names) => finish(await runAction(action, options, names))

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
