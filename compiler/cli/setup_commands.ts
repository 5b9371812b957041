// Commands that begin a project.

import type { CommandEntry } from './command.js'
import { speaking } from './option_groups.js'
import { positive } from './option_parsers.js'

export const setUpCommands: readonly CommandEntry[] = [
  {
    name: 'init',
    description: 'write a new project that runs',
    shared: speaking,
    options: command =>
      command
        .argument('[folder...]', 'where; by default the current folder')
        .option('--name <name>', 'name of the project (default: that of the folder)')
        .option('-a, --adapter <name>', 'embedded, postgres, redshift or snowflake (default: embedded)')
        .option('--with-demo-data', 'five weeks of made-up events in seeds/, to try it on at once')
        .option('--from-playbooks <folders...>', 'take the settings of these SQL-Runner playbooks')
        .option('--input-schema <name>', 'schema of the events')
        .option('--scratch-schema <name>', 'schema for scratch and staged tables')
        .option('--output-schema <name>', 'schema for the tables you query')
        .option('--start-date <day>', 'first day of events to read')
        .option(
          '--host <name>',
          'of the server; what is not said here profiles.yml takes from the environment',
        )
        .option('--port <number>', 'of the server', positive)
        .option('--user <name>', 'to log in as')
        .option('--database <name>', 'to connect to')
        .option('--account <name>', 'of Snowflake')
        .option('--warehouse <name>', 'of Snowflake')
        .option('--role <name>', 'of Snowflake')
        .option('-y, --yes', 'do not ask: defaults for what is not said')
        .option('--dry-run', 'only list the files'),
    examples: [
      'seshat init acme --with-demo-data && cd acme && seshat build',
      'seshat init acme --adapter postgres --host db.example.com --database web --user seshat',
      'seshat init acme --from-playbooks sql-runner/playbooks sql-runner/templates',
    ],
    action: async (options, context, names) =>
      (await import('../commands/init.js')).initCommand(names, options as never, context),
  },
]
