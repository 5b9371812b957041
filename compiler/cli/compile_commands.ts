// Commands that make or judge SQL and run none on a warehouse.

import type { CommandEntry } from './command.js'
import { running, selecting } from './option_groups.js'

export const compileCommands: readonly CommandEntry[] = [
  {
    name: 'compile',
    description: 'write every statement that a run would execute to target/',
    options: command =>
      running(command)
        .option('-a, --adapter <name>', 'compile for this adapter; needs no profile')
        .option('--all-adapters', 'compile for every adapter'),
    examples: ['seshat compile', 'seshat compile --all-adapters --select sessions+'],
    action: async (options, context) =>
      (await (await import('../commands/recompile.js')).recompileCommand(options, context)) ??
      (await import('../commands/compile.js')).compileCommand(options, context),
  },
  {
    name: 'check',
    description: 'type every statement without a warehouse: unknown columns, type clashes, syntax',
    options: command => selecting(command).option('-a, --adapter <name>', 'check for this adapter alone'),
    examples: ['seshat check', 'seshat check --select sessions+ --adapter postgres'],
    action: async (options, context) => (await import('../commands/check.js')).checkCommand(options, context),
  },
]
