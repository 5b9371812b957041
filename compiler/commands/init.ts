// seshat init: asks what it has to know, or takes it from flags or from playbooks, and writes a project that runs. Writes
// nothing where something is in the way.

import { existsSync, realpathSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { env } from 'node:process'
import { type Diagnostic, error, Faults, fail } from '../diagnostics.js'
import { knownAdapters, variablesOf } from '../init/connections.js'
import { exampleFiles } from '../init/example_files.js'
import type { LeftOver } from '../init/playbook.js'
import { type Playbooks, readPlaybooks } from '../init/playbooks.js'
import { ignoredFiles, type ProjectAnswers, projectFiles } from '../init/project_files.js'
import { inTheWay, writeFiles } from '../init/write_files.js'
import { nearest } from '../nearest.js'
import { identifierFault } from '../relation.js'
import { readFolder, type SourceFile } from '../source_file.js'
import { standardVariables } from '../standard_variables.js'
import { resolvePath } from './folders.js'
import {
  answersFor,
  type InitOptions,
  isStartDate,
  projectNameFault,
  schemaQuestions,
  shown,
} from './init_answers.js'
import type { CommandContext } from './session.js'

/** @param names the folder of the project; none: the current one */
export async function initCommand(
  names: readonly string[],
  options: InitOptions,
  context: CommandContext,
): Promise<number> {
  if (names.length > 1)
    fail('bad-usage', 'init makes one project', { hint: 'seshat init acme: in a new folder of that name' })
  if (names[0]?.includes('\0'))
    fail('bad-usage', 'no folder can have this name', { hint: 'Name a folder: seshat init acme.' })
  const directory = resolve(resolvePath(options.projectDir), names[0] ?? '.')
  const playbooks = options.fromPlaybooks && playbooksIn(options.fromPlaybooks)
  checkOptions(options)
  checkWay(directory, options.withDemoData ?? false)
  const answers = await answersFor(directory, options, playbooks, context)
  const files = new Map([...projectFiles(answers), ...(await seedsOf(answers))])
  // Many projects begin in a repository, which has one.
  const keepsIgnored = existsSync(join(directory, '.gitignore'))
  if (keepsIgnored) files.delete('.gitignore')
  checkWay(directory, answers.withDemoData)
  if (!options.dryRun) writeFiles(directory, files)
  tell({ directory, answers, files, keepsIgnored, leftOver: playbooks?.leftOver }, options, context)
  return 0
}

/** @throws Faults `in-the-way`, with all that is */
function checkWay(directory: string, withDemoData: boolean): void {
  const paths = ['seshat.yml', 'profiles.yml', ...exampleFiles.keys(), ...(withDemoData ? demoFiles : [])]
  const found = inTheWay(directory, paths)
  if (found.length === 0) return
  throw new Faults([
    error('in-the-way', `nothing was written: ${shown(directory)} has ${found.join(', ')}`, {
      hint: 'Name another folder, or move these away: init writes over nothing.',
    }),
  ])
}

const demoFiles = ['seeds/events.csv', 'seeds/com_snowplowanalytics_snowplow_web_page_1.csv']

async function seedsOf({ withDemoData }: ProjectAnswers): Promise<ReadonlyMap<string, string>> {
  if (!withDemoData) return new Map()
  const { eventFiles } = await import('../../demo/generate/events.js')
  const { defaultSeed } = await import('../../demo/generate/random.js')
  const { events, webPages } = eventFiles(defaultSeed)
  return new Map([
    ['seeds/events.csv', events],
    ['seeds/com_snowplowanalytics_snowplow_web_page_1.csv', webPages],
  ])
}

function checkOptions(options: InitOptions): void {
  const faults: Diagnostic[] = []
  const { adapter, name, startDate } = options
  if (adapter !== undefined && !knownAdapters.includes(adapter))
    faults.push(
      error('unknown-adapter', `there is no adapter '${adapter}'`, {
        hint: nearest(adapter, knownAdapters).hint ?? `There are ${knownAdapters.join(', ')}.`,
      }),
    )
  const wrongName = name === undefined ? undefined : projectNameFault(name)
  if (wrongName !== undefined) faults.push(error('bad-identifier', `--name '${name}' ${wrongName}`))
  for (const [option, variable] of schemaQuestions) {
    const given = options[option]
    if (given !== undefined) faults.push(...nameFault(`--${variable.replaceAll('_', '-')}`, given))
  }
  if (startDate !== undefined && !isStartDate(startDate))
    faults.push(
      error('bad-usage', `--start-date ${startDate} is no day`, { hint: 'Write it as 2024-01-31.' }),
    )
  if (options.withDemoData && (adapter ?? 'embedded') !== 'embedded')
    faults.push(
      error('bad-usage', '--with-demo-data is for the embedded database', {
        hint: 'Events that are made up have no place in a warehouse. Leave --adapter out, or --with-demo-data.',
      }),
    )
  if (faults.length > 0) throw new Faults(faults)
}

const nameFault = (what: string, name: string): readonly Diagnostic[] => {
  const fault = identifierFault(name)
  return fault === undefined ? [] : [error('bad-identifier', `${what} '${name}' ${fault}`)]
}

function playbooksIn(folders: readonly string[]): Playbooks {
  const faults: Diagnostic[] = []
  const files: SourceFile[] = []
  for (const folder of folders) {
    const path = resolvePath(folder)
    if (!existsSync(path) || !statSync(path).isDirectory())
      fail('no-playbooks', `there is no folder ${folder}`, {
        hint: 'Name the folder that holds the playbooks.',
      })
    files.push(...readFolder(realpathSync(path), '.', ['.yml.tmpl', '.yaml.tmpl', '.yml', '.yaml'], faults))
  }
  if (faults.length > 0) throw new Faults(faults)
  if (files.length === 0)
    fail('no-playbooks', `no playbook lies in ${folders.join(', ')}`, {
      hint: 'Playbooks are files that end in .yml.tmpl or .yml.',
    })
  return readPlaybooks(files, standardVariables())
}

interface Made {
  readonly directory: string
  readonly answers: ProjectAnswers
  readonly files: ReadonlyMap<string, string>
  readonly keepsIgnored: boolean
  readonly leftOver: readonly LeftOver[] | undefined
}

function tell(made: Made, { dryRun }: InitOptions, { reporter }: CommandContext): void {
  const { directory, answers, files, keepsIgnored, leftOver } = made
  const list = [...files.keys()].map(path => `  ${path}`).join('\n')
  const data = {
    directory: shown(directory),
    files: [...files.keys()],
    written: !dryRun,
    left_over: (leftOver ?? []).map(({ at, what }) => ({ file: at.file, line: at.line, what })),
  }
  reporter.answer(
    `${dryRun ? 'Would write into' : 'Wrote into'} ${shown(directory)}:\n${list}`,
    'project',
    data,
  )
  if (keepsIgnored) reporter.say(`\nAdd to its .gitignore: ${ignoredFiles.join(' ')}`, 'gitignore')
  if (leftOver && leftOver.length > 0) {
    const lines = leftOver.map(({ at, what }) => `  ${at.file}:${at.line}  ${what}`)
    reporter.answer(`\nNot carried over:\n${lines.join('\n')}`, 'left_over', { count: leftOver.length })
  }
  if (!dryRun) reporter.say(`\nNext:\n${nextSteps(directory, answers).join('\n')}`, 'next')
}

function nextSteps(directory: string, { outputs, withDemoData }: ProjectAnswers): readonly string[] {
  const [{ keys }] = outputs
  const variables = variablesOf(outputs[0])
  // npx finds the package in the folders above, where a shell would not.
  const seshat = env['npm_command'] === 'exec' ? 'npx seshat' : 'seshat'
  const go = shown(directory) === '.' ? [] : [`  cd ${shown(directory)}`]
  if (withDemoData)
    return [
      ...go,
      `  ${seshat} build     loads the events, runs the models and their tests`,
      `  ${seshat} show landing_pages`,
    ]
  const embedded = keys[0]?.[1] === 'embedded'
  return [
    ...go,
    ...(variables.length > 0 ? [`  set ${variables.join(', ')} in the environment`] : []),
    `  ${seshat} compile   writes every statement of a run to target/`,
    `  ${seshat} test --select resource_type:unit_test     needs no events and no warehouse`,
    embedded
      ? '  put your events into seeds/events.csv, or name a warehouse in profiles.yml'
      : `  ${seshat} debug     checks the connection, the privileges and the events`,
    `  ${seshat} build     runs the models and their tests`,
  ]
}
