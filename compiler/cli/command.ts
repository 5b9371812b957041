// What a command is to the command line: its words, its options, what it does. An entry in one of the lists beside this
// file is all that a new command takes.

import type { Command } from 'commander'
import type { CommandContext, CommonOptions } from '../commands/session.js'

export interface CliOptions extends CommonOptions {
  readonly logFormat: 'text' | 'json'
  readonly color: boolean
}

/**
 * Imports its file in `compiler/commands/` when it is called, so that --help and --version stay quick.
 * @param names words that belong to no option
 * @returns the exit code
 */
export type Action = (
  options: CliOptions,
  context: CommandContext,
  names: readonly string[],
) => Promise<number>

export interface CommandEntry {
  readonly name: string
  readonly description: string
  /** The options that it shares with nearly all others; by default `common`. */
  readonly shared?: (command: Command) => Command
  /** Adds its arguments and its other options. */
  readonly options: (command: Command) => Command
  /** Lines to type, as --help and the reference pages show them. */
  readonly examples: readonly string[]
  readonly action: Action
}
