// Commands for the place where it runs: tables, locks, connection, shell.

import { Argument } from 'commander'
import { completionScripts, shells } from '../completion/scripts.js'
import type { CommandEntry } from './command.js'
import { selecting, speaking, waiting } from './option_groups.js'

export const upkeepCommands: readonly CommandEntry[] = [
  {
    name: 'destroy',
    description: 'drop every table of a module and of its custom models',
    options: command =>
      waiting(command)
        .argument('[module...]', 'the modules')
        .option('-s, --select <words...>', 'the modules')
        .option('-y, --yes', 'do not ask')
        .option('--dry-run', 'only list the tables'),
    examples: ['seshat destroy sessions --dry-run', 'seshat destroy --select sessions --yes'],
    action: async (options, context, names) =>
      (await import('../commands/destroy.js')).destroyCommand(names, options, context),
  },
  {
    name: 'unlock',
    description: 'say who holds the lock on these tables, and take it away',
    options: command =>
      command.option('-y, --yes', 'do not ask').option('--dry-run', 'only say who holds it'),
    examples: ['seshat unlock --dry-run', 'seshat unlock --target pg'],
    action: async (options, context) =>
      (await import('../commands/unlock.js')).unlockCommand(options, context),
  },
  {
    name: 'debug',
    description: 'check project, profile, connection and inputs',
    options: selecting,
    examples: ['seshat debug --target pg'],
    action: async (options, context) => (await import('../commands/debug.js')).debugCommand(options, context),
  },
  {
    name: 'completion',
    description: 'write the script that teaches a shell to complete',
    shared: speaking,
    options: command => command.addArgument(new Argument('<shell...>', 'which one').choices(shells)),
    examples: [
      'source <(seshat completion bash)    # in ~/.bashrc',
      'source <(seshat completion zsh)     # in ~/.zshrc, after compinit',
      'seshat completion fish > ~/.config/fish/completions/seshat.fish',
    ],
    action: async (_, { reporter }, names) => {
      for (const shell of shells) if (names.includes(shell)) reporter.print(completionScripts[shell])
      return 0
    },
  },
]
