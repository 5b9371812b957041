// The lists of commands -> one commander program. It describes and parses; what a call of a command does is up to the
// caller, so that completion and the reference pages read the same program as `seshat` itself.

import { Command } from 'commander'
import { packageVersion } from '../source_file.js'
import type { Action, CliOptions, CommandEntry } from './command.js'
import { compileCommands } from './compile_commands.js'
import { inspectCommands } from './inspect_commands.js'
import { common } from './option_groups.js'
import { runCommands } from './run_commands.js'
import type { CliStreams } from './run_words.js'
import { setUpCommands } from './setup_commands.js'
import { upkeepCommands } from './upkeep_commands.js'

/** In the order in which --help lists them. */
const commands: readonly CommandEntry[] = [
  ...setUpCommands,
  ...compileCommands,
  ...runCommands,
  ...inspectCommands,
  ...upkeepCommands,
]

/** What to do with a command that was called, its options and its names. */
export type Invoke = (action: Action, options: CliOptions, names: readonly string[]) => Promise<void>

/**
 * Every command there is; where one is called, that one alone, since to describe all of them takes longer than to read the words.
 * @param called the first word
 * @param streams where help and complaints about words go; by default those of the process
 * @throws CommanderError, from parsing: words that mean nothing, and once --help or --version has been answered (exit code 0)
 */
export function program(invoke: Invoke, called?: string, streams?: CliStreams): Command {
  const cli = new Command('seshat')
    .description('Compiles a declarative model of web sessions to plain SQL, and runs it.')
    .version(packageVersion())
    .showHelpAfterError('(see --help)')
    .showSuggestionAfterError()
    // Before the commands are added: they take it over as it is then.
    .exitOverride()
  if (streams)
    cli.configureOutput({
      writeOut: text => void streams.output.write(text),
      writeErr: text => void streams.errors.write(text),
    })
  const only = commands.filter(({ name }) => name === called)
  for (const entry of only.length > 0 ? only : commands) addCommand(cli, entry, invoke)
  return cli
}

function addCommand(cli: Command, entry: CommandEntry, invoke: Invoke): void {
  const { name, description, shared = common, options, examples, action } = entry
  options(shared(cli.command(name).description(description)))
    .addHelpText('after', `\nExamples:\n${examples.map(line => `  ${line}`).join('\n')}\n`)
    .action(async (...args: readonly unknown[]) => {
      // Commander gives the names first, where a command has an argument.
      const [first, second] = args
      const [names, given] = Array.isArray(first) ? [first as readonly string[], second] : [[], first]
      await invoke(action, withSelector(given as ParsedOptions), names)
    })
}

interface ParsedOptions extends CliOptions {
  readonly selector?: string
}

/** --selector is another way to write a selection. */
const withSelector = ({ selector, ...options }: ParsedOptions): CliOptions =>
  selector === undefined ? options : { ...options, select: [`selector:${selector}`] }
