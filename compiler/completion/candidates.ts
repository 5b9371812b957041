// Words typed so far -> what could come next. Pure but for the names of folders and of what a project holds, which come from
// `names`.

import type { Command, Option } from 'commander'

/** What a project offers to complete; asked only when it is needed. */
export interface ProjectNames {
  readonly models: () => readonly string[]
  readonly modules: () => readonly string[]
  /** Words after --select. */
  readonly selections: () => readonly string[]
  readonly selectors: () => readonly string[]
  readonly targets: () => readonly string[]
  readonly adapters: () => readonly string[]
  /** Variables, for the word after --vars. */
  readonly variables: () => readonly string[]
  /** Folders that begin with these letters, each with a slash at its end. */
  readonly folders: (prefix: string) => readonly string[]
}

/** @param words after `seshat`; the last is the one to complete, empty at the beginning of a word */
export function candidates(
  program: Command,
  words: readonly string[],
  names: ProjectNames,
): readonly string[] {
  const current = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  const name = before.find(word => !word.startsWith('-'))
  const command = program.commands.find(one => one.name() === name)
  if (!command)
    return matching(current, current.startsWith('-') ? ['--help', '--version'] : commandNames(program))
  const option = openOption(command, before.slice(before.indexOf(command.name()) + 1))
  if (option && !current.startsWith('-')) return valuesOf(option, current, names)
  if (current.startsWith('-')) return matching(current, optionsOf(command))
  return argumentsOf(command, current, names)
}

const commandNames = (program: Command): readonly string[] => [
  ...program.commands.map(command => command.name()),
  'help',
]

const optionsOf = (command: Command): readonly string[] => [
  ...command.options.filter(option => !option.hidden).flatMap(option => option.long ?? []),
  '--help',
]

/** The option that the word to complete is a value of; those that take several go on until the next option. */
function openOption(command: Command, words: readonly string[]): Option | undefined {
  const last = words.findLastIndex(word => word.startsWith('-'))
  const word = words[last]
  if (word === undefined) return undefined
  const option = command.options.find(({ short, long }) => word === short || word === long)
  if (!option || !(option.required || option.optional)) return undefined
  return last === words.length - 1 || option.variadic ? option : undefined
}

function valuesOf(option: Option, current: string, names: ProjectNames): readonly string[] {
  if (option.argChoices) return matching(current, option.argChoices)
  switch (option.long) {
    case '--target':
      return matching(current, names.targets())
    case '--adapter':
      return matching(current, names.adapters())
    case '--selector':
      return matching(current, names.selectors())
    case '--select':
    case '--exclude':
      return selection(current, names.selections())
    case '--vars':
      return matching(
        current,
        names.variables().map(name => `{${name}:`),
      )
    default:
      return /<[^>]*(dir|folder)/.test(option.flags) ? names.folders(current) : []
  }
}

function argumentsOf(command: Command, current: string, names: ProjectNames): readonly string[] {
  const [argument] = command.registeredArguments
  if (!argument) return matching(current, optionsOf(command))
  if (argument.argChoices) return matching(current, argument.argChoices)
  if (argument.name() === 'folder') return names.folders(current)
  return matching(current, argument.name() === 'module' ? names.modules() : names.models())
}

/** The name inside of operators: `+ses`, `2+ses`, `@ses`, `a,ses`. */
function selection(current: string, known: readonly string[]): readonly string[] {
  const operators = /^(.*,)?(@|\d*\+)?/.exec(current)?.[0] ?? ''
  return matching(
    current,
    known.map(name => operators + name),
  )
}

const matching = (prefix: string, words: readonly string[]): readonly string[] =>
  [...new Set(words)].filter(word => word.startsWith(prefix))
