#!/usr/bin/env node
// The command line: words in, a command called, an exit code out. Commands are loaded when they are called, so that
// --help and --version stay quick.

import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { basename, isAbsolute, join } from 'node:path'
import { argv, cwd, env, exit, stderr, stdout } from 'node:process'
import { fileURLToPath } from 'node:url'
import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import type { CommandContext, CommonOptions } from './commands/session.js'
import { completionScripts, shells } from './completion/scripts.js'
import { Faults } from './diagnostics.js'
import { packageDirectory, packageVersion } from './source_file.js'

const usageError = 2
const interruptCodes = { SIGINT: 130, SIGTERM: 143 } as const

interface CliOptions extends CommonOptions {
  readonly logFormat: 'text' | 'json'
  readonly color: boolean
  readonly selector?: string
}

type Action = (options: CliOptions, context: CommandContext, names: readonly string[]) => Promise<number>

/** Runs a command, turns faults into text and an exit code, and an interruption into a clean end. */
async function runAction(options: CliOptions, names: readonly string[], action: Action): Promise<number> {
  const { createReporter } = await import('./reporter.js')
  const reporter = createReporter({
    format: options.logFormat,
    quiet: options.quiet ?? false,
    color: options.color && wantsColor(),
    output: stdout,
    errors: stderr,
    textOf: file => readText(options, file),
  })
  const controller = new AbortController()
  let interruptCode: number | undefined
  for (const [name, code] of Object.entries(interruptCodes)) {
    process.once(name, () => {
      interruptCode = code
      controller.abort()
    })
  }
  try {
    const code = await action(options, { reporter, signal: controller.signal }, names)
    return interruptCode ?? code
  } catch (cause) {
    if (cause instanceof Faults) {
      reporter.faults(cause.diagnostics)
      return interruptCode ?? cause.exitCode
    }
    reporter.faults([
      {
        code: 'internal-error',
        severity: 'error',
        message: 'this is a bug in Seshat',
        cause: (cause as Error).stack ?? String(cause),
        hint: 'Please report it with what you did and the text above.',
      },
    ])
    return 2
  }
}

/** NO_COLOR turns colours off, FORCE_COLOR on, a terminal has them. */
function wantsColor(): boolean {
  if (env['NO_COLOR']) return false
  const forced = env['FORCE_COLOR']
  return forced === undefined ? stdout.isTTY === true : forced !== '0' && forced !== 'false'
}

/**
 * The text of a file that a diagnostic points into: a project's, the package's, or the words of --vars. Never that of
 * profiles.yml, whose lines hold passwords.
 */
function readText(options: CliOptions, file: string): string | undefined {
  if (file === '--vars') return options.vars
  if (basename(file) === 'profiles.yml') return undefined
  const project = isAbsolute(options.projectDir) ? options.projectDir : join(cwd(), options.projectDir)
  const path = file.startsWith('seshat:')
    ? join(packageDirectory, file.slice('seshat:'.length))
    : isAbsolute(file)
      ? file
      : join(project, file)
  return existsSync(path) ? readFileSync(path, 'utf8').replaceAll('\r\n', '\n') : undefined
}

const positive = (text: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number of at least 1.')
  return value
}
/** `2024-01-01..2024-01-31`, both included; one day alone stands for itself. */
const days = (text: string): { from: string; to: string } => {
  const [from = '', to = from, ...more] = text.split('..')
  const isDay = (day: string): boolean =>
    /^\d{4}-\d{2}-\d{2}$/.test(day) && new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day) === true
  if (more.length > 0 || !isDay(from) || !isDay(to) || from > to)
    throw new InvalidArgumentError('It must be two days, the earlier first: 2024-01-01..2024-01-31.')
  return { from, to }
}
const port = (text: string): number => {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > 65535)
    throw new InvalidArgumentError('It must be a number from 0 to 65535.')
  return value
}
const commaSeparated = (text: string): readonly string[] => text.split(',').map(part => part.trim())

const common = (command: Command): Command =>
  placing(command)
    .option('-t, --target <name>', 'target of the profile')
    .option('--vars <yaml>', 'variables, as YAML or JSON; they win over those of seshat.yml')

/** What every command takes: where things are, and how to speak. */
function placing(command: Command): Command {
  return speaking(command)
    .option('--profiles-dir <dir>', 'folder of profiles.yml (default: the project, then ~/.seshat)')
    .option('--target-path <dir>', 'folder for what is compiled', 'target')
}

function speaking(command: Command): Command {
  return command
    .option('--project-dir <dir>', 'folder of seshat.yml', '.')
    .addOption(new Option('--log-format <format>', 'how to report').choices(['text', 'json']).default('text'))
    .option('-q, --quiet', 'say only what was asked for, and faults')
    .option('--no-color', 'no colours (also: NO_COLOR=1; FORCE_COLOR=1 for colours in a pipe)')
}

const selecting = (command: Command): Command =>
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

const threads = (command: Command): Command =>
  command.option(
    '--threads <n>',
    'how many steps may run at once, each on a connection of its own (default: that of the profile, or 4)',
    positive,
  )

const running = (command: Command): Command =>
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

/** Says what would be done, and does nothing. */
const dryRun = (command: Command): Command =>
  command.option('--dry-run', 'only list the steps, in order; connects to nothing and writes nothing')

const untilCaughtUp = (command: Command): Command =>
  command.option(
    '--until-caught-up',
    'run again, each time committed, until every event that counts has been read',
  )

const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map(line => `  ${line}`).join('\n')}\n`

/** Every command there is; a call of one ends in `finish` with its exit code. */
export function program(finish: (code: number) => void): Command {
  const cli = new Command('seshat')
    .description('Compiles a declarative model of web sessions to plain SQL, and runs it.')
    .version(packageVersion())
    .showHelpAfterError('(see --help)')
    .showSuggestionAfterError()
    // Before the commands are added: they take it over as it is then.
    .exitOverride(failure => exit(failure.exitCode === 0 ? 0 : usageError))
  const add = (
    name: string,
    description: string,
    decorate: (command: Command) => Command,
    action: Action,
    shared = common,
  ): Command =>
    decorate(shared(cli.command(name).description(description))).action(
      async (...args: readonly unknown[]) => {
        const names = Array.isArray(args[0]) ? (args[0] as readonly string[]) : []
        const { selector, ...given } = args[Array.isArray(args[0]) ? 1 : 0] as CliOptions
        const options = selector === undefined ? given : { ...given, select: [`selector:${selector}`] }
        finish(await runAction(options, names, action))
      },
    )

  add(
    'init',
    'write a new project that runs',
    command =>
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
        .option('--dry-run', 'only list the files')
        .addHelpText(
          'after',
          examples(
            'seshat init acme --with-demo-data && cd acme && seshat build',
            'seshat init acme --adapter postgres --host db.example.com --database web --user seshat',
            'seshat init acme --from-playbooks sql-runner/playbooks sql-runner/templates',
          ),
        ),
    async (options, context, names) =>
      (await import('./commands/init.js')).initCommand(names, options as never, context),
    speaking,
  )
  add(
    'compile',
    'write every statement that a run would execute to target/',
    command =>
      running(command)
        .option('-a, --adapter <name>', 'compile for this adapter; needs no profile')
        .option('--all-adapters', 'compile for every adapter')
        .addHelpText('after', examples('seshat compile', 'seshat compile --all-adapters --select sessions+')),
    async (options, context) => (await import('./commands/compile.js')).compileCommand(options, context),
  )
  add(
    'check',
    'type every statement without a warehouse: unknown columns, type clashes, syntax',
    command =>
      selecting(command)
        .option('-a, --adapter <name>', 'check for this adapter alone')
        .addHelpText('after', examples('seshat check', 'seshat check --select sessions+ --adapter postgres')),
    async (options, context) => (await import('./commands/check.js')).checkCommand(options, context),
  )
  add(
    'run',
    'run the models that are selected, all that are enabled by default',
    command =>
      dryRun(untilCaughtUp(running(command))).addHelpText(
        'after',
        examples(
          'seshat run',
          'seshat run --until-caught-up',
          'seshat run --select sessions+ --exclude tag:slow',
          'seshat run --full-refresh --select sessions+',
          'seshat run --select my_model --backfill 2024-01-01..2024-01-31',
        ),
      ),
    async (options, context) => (await import('./commands/run.js')).runCommand('run', options, context),
  )
  add(
    'build',
    'load the seeds and run the models, in the order of the graph',
    command =>
      dryRun(untilCaughtUp(running(command))).addHelpText(
        'after',
        examples('seshat build --project-dir demo', 'seshat build --until-caught-up'),
      ),
    async (options, context) => (await import('./commands/run.js')).runCommand('build', options, context),
  )
  add(
    'test',
    'run the data tests of what is selected',
    command =>
      dryRun(selecting(command)).addHelpText(
        'after',
        examples(
          'seshat test',
          'seshat test --select sessions',
          'seshat test --select unique_sessions_domain_sessionid',
        ),
      ),
    async (options, context) => (await import('./commands/run.js')).runCommand('test', options, context),
  )
  add(
    'seed',
    'load the CSV files in seeds/',
    command =>
      dryRun(running(command)).addHelpText(
        'after',
        examples('seshat seed', 'seshat seed --select countries'),
      ),
    async (options, context) => (await import('./commands/run.js')).runCommand('seed', options, context),
  )
  add(
    'retry',
    'run what failed or was skipped in the last run, build, seed or test, with the same arguments',
    command =>
      dryRun(threads(command)).addHelpText(
        'after',
        examples('seshat retry', 'seshat retry --dry-run', 'seshat retry --project-dir demo'),
      ),
    async (options, context) => (await import('./commands/retry.js')).retryCommand(options, context),
    placing,
  )
  add(
    'show',
    'show rows of a model',
    command =>
      command
        .argument('[model...]', 'the model')
        .option('-s, --select <words...>', 'the model')
        .option('-n, --limit <rows>', 'how many rows', positive, 10)
        .option('--columns <names>', 'columns, separated by commas', commaSeparated)
        .addOption(
          new Option('-o, --output <format>', 'how to show them')
            .choices(['table', 'csv', 'json'])
            .default('table'),
        )
        .addHelpText(
          'after',
          examples(
            'seshat show sessions --limit 5',
            'seshat show sessions --columns domain_sessionid,page_views --output csv',
          ),
        ),
    async (options, context, names) =>
      (await import('./commands/show.js')).showCommand(names, options as never, context),
  )
  add(
    'ls',
    'list what a selection holds, in the order in which it runs',
    command =>
      selecting(command)
        .addOption(
          new Option('-o, --output <format>', 'what to list')
            .choices(['name', 'path', 'json'])
            .default('name'),
        )
        .option('--explain', 'with --state: how each of them differs from it, and why')
        .addHelpText(
          'after',
          examples(
            'seshat ls',
            'seshat ls --select sessions+ --output path',
            'seshat ls --select state:modified+ --state main --explain',
          ),
        ),
    async (options, context) => (await import('./commands/ls.js')).lsCommand(options as never, context),
  )
  add(
    'docs',
    'write the documentation of the project as a folder of pages, and show it',
    command =>
      command
        .argument('<action...>', 'build: write the pages; serve: write and show them until Ctrl-C')
        .option('-o, --output <dir>', 'folder of the pages (default: docs in --target-path)')
        .option('--no-lineage', 'do not trace columns, which takes an empty database in memory')
        .option('--port <n>', 'port of serve on 127.0.0.1; 0 takes any', port, 8080)
        .addHelpText(
          'after',
          examples('seshat docs build', 'seshat docs build --output public', 'seshat docs serve --port 8081'),
        ),
    async (options, context, names) =>
      (await import('./commands/docs.js')).docsCommand(names, options as never, context),
  )
  add(
    'graph',
    'draw a selection, in DOT, Mermaid or SVG',
    command =>
      selecting(command)
        .addOption(
          new Option('-f, --format <format>', 'how to draw it')
            .choices(['dot', 'mermaid', 'svg'])
            .default('dot'),
        )
        .option('-o, --output <file>', 'where to write it, instead of to the terminal')
        .addHelpText(
          'after',
          examples(
            'seshat graph --select sessions+ --format mermaid',
            'seshat graph --format svg --output target/graph.svg',
          ),
        ),
    async (options, context) => (await import('./commands/graph.js')).graphCommand(options as never, context),
  )
  add(
    'diff',
    'say what of the SQL that runs has changed, for every adapter, without a connection',
    command =>
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
        )
        .addHelpText(
          'after',
          examples(
            'seshat diff --base main',
            'seshat diff --base origin/main --format markdown --fail-on destructive',
          ),
        ),
    async (options, context) => (await import('./commands/diff.js')).diffCommand(options as never, context),
  )
  add(
    'destroy',
    'drop every table of a module and of its custom models',
    command =>
      command
        .argument('[module...]', 'the modules')
        .option('-s, --select <words...>', 'the modules')
        .option('-y, --yes', 'do not ask')
        .option('--dry-run', 'only list the tables')
        .addHelpText(
          'after',
          examples('seshat destroy sessions --dry-run', 'seshat destroy --select sessions --yes'),
        ),
    async (options, context, names) =>
      (await import('./commands/destroy.js')).destroyCommand(names, options, context),
  )
  add(
    'unlock',
    'say who holds the lock on these tables, and take it away',
    command =>
      command
        .option('-y, --yes', 'do not ask')
        .option('--dry-run', 'only say who holds it')
        .addHelpText('after', examples('seshat unlock --dry-run', 'seshat unlock --target pg')),
    async (options, context) => (await import('./commands/unlock.js')).unlockCommand(options, context),
  )
  add(
    'debug',
    'check project, profile, connection and inputs',
    command => selecting(command).addHelpText('after', examples('seshat debug --target pg')),
    async (options, context) => (await import('./commands/debug.js')).debugCommand(options, context),
  )
  add(
    'completion',
    'write the script that teaches a shell to complete',
    command =>
      command
        .addArgument(new Argument('<shell...>', 'which one').choices(shells))
        .addHelpText(
          'after',
          examples(
            'source <(seshat completion bash)    # in ~/.bashrc',
            'source <(seshat completion zsh)     # in ~/.zshrc, after compinit',
            'seshat completion fish > ~/.config/fish/completions/seshat.fish',
          ),
        ),
    async (_, { reporter }, names) => {
      for (const shell of shells) if (names.includes(shell)) reporter.print(completionScripts[shell])
      return 0
    },
    speaking,
  )
  return cli
}

/** What could come after some words, a line each; for the scripts of `completion`. */
async function complete(words: readonly string[]): Promise<void> {
  const { candidates } = await import('./completion/candidates.js')
  const { projectNames } = await import('./completion/project_names.js')
  const found = candidates(program(finish), words, projectNames(words, cwd()))
  stdout.write(found.map(candidate => `${candidate}\n`).join(''))
}

/** Ends the process when all that was written has reached its reader: a pipe takes its time. */
const finish = (code: number): void => {
  stdout.write('', () => stderr.write('', () => exit(code)))
}

const [, started = '', first, ...words] = argv
// Imported, it only describes the commands.
if (existsSync(started) && realpathSync(started) === fileURLToPath(import.meta.url)) {
  if (first === '__complete') await complete(words)
  else await program(finish).parseAsync(argv)
}
