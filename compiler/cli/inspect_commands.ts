// Commands that show what there is: rows, nodes, pages, pictures, differences.

import { Option } from 'commander'
import type { CommandEntry } from './command.js'
import { selecting, waiting } from './option_groups.js'
import { commaSeparated, port, positive } from './option_parsers.js'

export const inspectCommands: readonly CommandEntry[] = [
  {
    name: 'show',
    description: 'show rows of a model, or of a select',
    options: command =>
      waiting(command)
        .argument('[model...]', 'the model')
        .option('-s, --select <words...>', 'the model')
        .addOption(
          new Option('--inline <select>', 'rows of this select, with ref, source, var and macros').conflicts(
            'columns',
          ),
        )
        .option(
          '-n, --limit <rows>',
          'how many rows (default: 10, or the limit that the select has)',
          positive,
        )
        .option('--columns <names>', 'columns of the model, separated by commas', commaSeparated)
        .addOption(
          new Option('-o, --output <format>', 'how to show them')
            .choices(['table', 'csv', 'json'])
            .default('table'),
        ),
    examples: [
      'seshat show sessions --limit 5',
      'seshat show sessions --columns domain_sessionid,page_views --output csv',
      `seshat show --inline "select count(*) as n from {{ ref('sessions') }}"`,
    ],
    action: async (options, context, names) =>
      (await import('../commands/show.js')).showCommand(names, options as never, context),
  },
  {
    name: 'ls',
    description: 'list what a selection holds, in the order in which it runs',
    options: command =>
      selecting(command)
        .addOption(
          new Option('-o, --output <format>', 'what to list')
            .choices(['name', 'path', 'json'])
            .default('name'),
        )
        .option('--explain', 'with --state: how each of them differs from it, and why'),
    examples: [
      'seshat ls',
      'seshat ls --select sessions+ --output path',
      'seshat ls --select state:modified+ --state main --explain',
    ],
    action: async (options, context) =>
      (await import('../commands/ls.js')).lsCommand(options as never, context),
  },
  {
    name: 'docs',
    description: 'write the documentation of the project as a folder of pages, and show it',
    options: command =>
      command
        .argument('<action...>', 'build: write the pages; serve: write and show them until Ctrl-C')
        .option('-o, --output <dir>', 'folder of the pages (default: docs in --target-path)')
        .option('--no-lineage', 'do not trace columns, which takes an empty database in memory')
        .option('--port <n>', 'port of serve on 127.0.0.1; 0 takes any', port, 8080)
        .option('--dry-run', 'only say how many pages would be written, and where'),
    examples: ['seshat docs build', 'seshat docs build --output public', 'seshat docs serve --port 8081'],
    action: async (options, context, names) =>
      (await import('../commands/docs.js')).docsCommand(names, options as never, context),
  },
  {
    name: 'graph',
    description: 'draw a selection, in DOT, Mermaid or SVG',
    options: command =>
      selecting(command)
        .addOption(
          new Option('-f, --format <format>', 'how to draw it')
            .choices(['dot', 'mermaid', 'svg'])
            .default('dot'),
        )
        .option('-o, --output <file>', 'where to write it, instead of to the terminal'),
    examples: [
      'seshat graph --select sessions+ --format mermaid',
      'seshat graph --format svg --output target/graph.svg',
    ],
    action: async (options, context) =>
      (await import('../commands/graph.js')).graphCommand(options as never, context),
  },
  {
    name: 'diff',
    description: 'say what of the SQL that runs has changed, for every adapter, without a connection',
    options: command =>
      command
        .option('-b, --base <ref or folder>', 'a git ref, the folder of a project, or a target folder')
        .option('--state <ref or folder>', 'the same as --base')
        .option('-a, --adapter <name>', 'compare the SQL of this adapter alone')
        .addOption(
          new Option('-f, --format <format>', 'how to tell it')
            .choices(['text', 'markdown', 'json'])
            .default('text'),
        )
        .option('--exit-code', 'exit with 4 where anything has changed')
        .option(
          '--fail-on <classes...>',
          'exit with 4 on changes of these classes: cosmetic, config, columns, logic, ddl, destructive',
        ),
    examples: [
      'seshat diff --base main',
      'seshat diff --base origin/main --format markdown --fail-on destructive',
    ],
    action: async (options, context) =>
      (await import('../commands/diff.js')).diffCommand(options as never, context),
  },
]
