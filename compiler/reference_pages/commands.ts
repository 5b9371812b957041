// The page of the commands, from the command line's own definitions.

import type { Command, Option } from 'commander'
import { code, page, table } from './markdown.js'

export function commandsPage(program: Command): string {
  const parts = program.commands.map(command => {
    const usage = `seshat ${command.name()} ${command.usage()}`
    const examples = examplesOf(command)
    return [
      `## ${command.name()}`,
      `${sentence(command.description())}`,
      `\`\`\`text\n${usage}\n\`\`\``,
      ...(command.options.length > 0 ? [table(['option', 'meaning'], command.options.map(row))] : []),
      ...(examples === '' ? [] : [`\`\`\`sh\n${examples}\n\`\`\``]),
    ].join('\n\n')
  })
  return page(
    'Commands',
    '<!-- run: nothing here, examples of options: a test executes them in one process -->',
    '`seshat <command> --help` says the same.',
    ...parts,
  )
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

const row = (option: Option): readonly string[] => {
  const choices = option.argChoices ? ` One of ${option.argChoices.map(code).join(' ')}.` : ''
  const standard = option.defaultValue
  const text =
    standard === undefined || typeof standard === 'boolean' ? '' : ` Default: ${code(String(standard))}.`
  return [code(option.flags), `${option.description}${choices || text ? '.' : ''}${choices}${text}`]
}

/** What stands under "Examples:" of a command's help. */
export function examplesOf(command: Command): string {
  let help = ''
  command.configureOutput({ writeOut: text => (help += text) })
  command.outputHelp()
  const lines = help.split(/^Examples:$/m)[1] ?? ''
  return lines
    .split('\n')
    .map(line => line.replace(/^ {2}/, ''))
    .join('\n')
    .trim()
}
