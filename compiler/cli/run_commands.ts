// Commands that run steps of the graph.

import type { CommandEntry } from './command.js'
import {
  dryRun,
  persistent,
  placing,
  running,
  selecting,
  threads,
  timings,
  untilCaughtUp,
} from './option_groups.js'

export const runCommands: readonly CommandEntry[] = [
  {
    name: 'run',
    description: 'run the models that are selected, all that are enabled by default',
    options: command => dryRun(persistent(timings(untilCaughtUp(running(command))))),
    examples: [
      'seshat run',
      'seshat run --until-caught-up --wait 1h',
      'seshat run --timings',
      'seshat run --select sessions+ --exclude tag:slow',
      'seshat run --full-refresh --select sessions+',
      'seshat run --select my_model --backfill 2024-01-01..2024-01-31',
    ],
    action: async (options, context) =>
      (await import('../commands/run.js')).runCommand('run', options, context),
  },
  {
    name: 'build',
    description: 'load the seeds, run the models and their tests, in the order of the graph',
    options: command => dryRun(persistent(timings(untilCaughtUp(running(command))))),
    examples: ['seshat build --project-dir demo', 'seshat build --until-caught-up'],
    action: async (options, context) =>
      (await import('../commands/run.js')).runCommand('build', options, context),
  },
  {
    name: 'test',
    description: 'run the data tests and unit tests of what is selected; unit tests alone need no connection',
    options: command => dryRun(persistent(selecting(command))),
    examples: [
      'seshat test',
      'seshat test --select sessions',
      'seshat test --select unique_sessions_domain_sessionid',
      'seshat test --select resource_type:unit_test',
    ],
    action: async (options, context) =>
      (await import('../commands/run.js')).runCommand('test', options, context),
  },
  {
    name: 'seed',
    description: 'load the CSV files in seeds/',
    options: command => dryRun(persistent(running(command))),
    examples: ['seshat seed', 'seshat seed --select countries'],
    action: async (options, context) =>
      (await import('../commands/run.js')).runCommand('seed', options, context),
  },
  {
    name: 'retry',
    description:
      'run what failed or was skipped in the last run, build, seed or test, with the same arguments',
    shared: placing,
    options: command => dryRun(persistent(threads(command))),
    examples: ['seshat retry', 'seshat retry --dry-run', 'seshat retry --project-dir demo'],
    action: async (options, context) => (await import('../commands/retry.js')).retryCommand(options, context),
  },
]
