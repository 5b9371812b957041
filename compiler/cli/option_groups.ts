// Options that several commands share: each function adds a group of them to a command and gives the command back.

import { type Command, Option } from 'commander'
import { days, duration, positive, whole } from './option_parsers.js'

export const common = (command: Command): Command =>
  placing(command)
    .option('-t, --target <name>', 'target of the profile')
    .option('--vars <yaml>', 'variables, as YAML or JSON; they win over those of seshat.yml')

/** What every command takes: where things are, and how to speak. */
export function placing(command: Command): Command {
  return speaking(command)
    .option('--profiles-dir <dir>', 'folder of profiles.yml (default: the project, then ~/.seshat)')
    .option('--target-path <dir>', 'folder for what is compiled', 'target')
}

export function speaking(command: Command): Command {
  return command
    .option('--project-dir <dir>', 'folder of seshat.yml', '.')
    .addOption(new Option('--log-format <format>', 'how to report').choices(['text', 'json']).default('text'))
    .option('-q, --quiet', 'say only what was asked for, and faults')
    .option('--no-color', 'no colours (also: NO_COLOR=1; FORCE_COLOR=1 for colours in a pipe)')
}

export const selecting = (command: Command): Command =>
  command
    .option(
      '-s, --select <words...>',
      'what to take: names, +x x+ 2+x @x, module: path: tag: config.x: resource_type: source: selector: state:, globs; space is or, comma is and',
    )
    .option('--state <ref or folder>', 'what state: compares with: a git ref, a project, a target folder')
    .option('--exclude <words...>', 'what to leave out, in the same words')
    .addOption(
      new Option('--selector <name>', 'a selector of seshat.yml; as --select selector:name').conflicts(
        'select',
      ),
    )

export const threads = (command: Command): Command =>
  command.option(
    '--threads <n>',
    'how many steps may run at once, each on a connection of its own (default: that of the profile, or 4)',
    positive,
  )

export const running = (command: Command): Command =>
  threads(selecting(command))
    .addOption(
      new Option(
        '--full-refresh',
        'rebuild what is selected: from the events, or from the production table above it',
      ).conflicts('backfill'),
    )
    .addOption(
      new Option(
        '--backfill <days>',
        'compute the rows of some days again from the production table above, as 2024-01-01..2024-01-31',
      ).argParser(days),
    )

/** Of commands that take the lock of the tables, or open an embedded database. */
export const waiting = (command: Command): Command =>
  command.option(
    '--wait <duration>',
    'wait so long for a lock that another command holds, as 30s, 10m or 1h (default: exit with 3 at once)',
    duration,
  )

/** Of commands that take the lock and run steps. */
export const persistent = (command: Command): Command =>
  waiting(command).option(
    '--retries <n>',
    'how often to try again after a lost connection or a conflict, 0 for never (default: 3)',
    whole,
  )

/** Says what would be done, and does nothing. */
export const dryRun = (command: Command): Command =>
  command.option('--dry-run', 'only list the steps, in order; connects to nothing and writes nothing')

/** Says where the time of a run goes. */
export const timings = (command: Command): Command =>
  command.option(
    '--timings',
    'list at the end how long each statement took, its rows, and on Postgres what it read and wrote',
  )

export const untilCaughtUp = (command: Command): Command =>
  command.option(
    '--until-caught-up',
    'run again, each time committed, until every event that counts has been read',
  )
