// What `seshat init` has to know of a project: given by flags, read from playbooks, answered at the terminal, or the default.

import { basename, relative } from 'node:path'
import { cwd } from 'node:process'
import { type ConnectionAnswers, knownAdapters, outputOf, questionsOf } from '../init/connections.js'
import type { Playbooks } from '../init/playbooks.js'
import type { Output, ProjectAnswers, Setting } from '../init/project_files.js'
import { identifierFault } from '../relation.js'
import { projectSchema } from '../settings.js'
import { standardVariables } from '../standard_variables.js'
import { valueFault } from '../variable_declaration.js'
import { ask, canAsk } from './ask.js'
import type { CommandContext, CommonOptions } from './session.js'

export interface InitOptions extends CommonOptions {
  readonly name?: string
  readonly adapter?: string
  readonly host?: string
  readonly port?: number
  readonly user?: string
  readonly database?: string
  readonly account?: string
  readonly warehouse?: string
  readonly role?: string
  readonly inputSchema?: string
  readonly scratchSchema?: string
  readonly outputSchema?: string
  readonly startDate?: string
  readonly withDemoData?: boolean
  readonly fromPlaybooks?: readonly string[]
  readonly yes?: boolean
  readonly logFormat?: string
}

export const schemaQuestions = [
  ['inputSchema', 'input_schema', 'Schema of the events'],
  ['scratchSchema', 'scratch_schema', 'Schema for scratch and staged tables'],
  ['outputSchema', 'output_schema', 'Schema for the tables you query'],
] as const
/** The first day of the events that the demo makes up. */
const demoStart = '2024-01-01'

export const shown = (directory: string): string => relative(cwd(), directory) || '.'

export const isStartDate = (text: string): boolean => {
  const declaration = standardVariables().all['start_date']
  return declaration !== undefined && valueFault(declaration, text) === undefined
}

/** What is wrong with the name of a project, in words that follow it, or undefined. */
export const projectNameFault = (name: string): string | undefined =>
  projectSchema.shape.name.safeParse(name).error?.issues[0]?.message

/** @throws Faults `interrupted` */
export async function answersFor(
  directory: string,
  options: InitOptions,
  playbooks: Playbooks | undefined,
  { signal, reporter }: CommandContext,
): Promise<ProjectAnswers> {
  const asks = canAsk() && !options.yes && options.logFormat !== 'json'
  if (asks)
    reporter.say(`A new project in ${shown(directory)}. Enter takes what stands in brackets.\n`, 'asking')
  /** What was given, else what is answered, else the default; asked again until it is right. */
  const answer = async (
    given: string | undefined,
    question: string,
    standard: string,
    fault: (text: string) => string | undefined = () => undefined,
  ): Promise<string> => {
    if (given !== undefined) return given
    while (asks) {
      const text = (await ask(`  ${question} [${standard}]: `, signal)) || standard
      const wrong = fault(text)
      if (wrong === undefined) return text
      reporter.say(`  '${text}' ${wrong}`, 'asked_again')
    }
    return standard
  }
  const name = await answer(options.name, 'Name of the project', nameFrom(directory), projectNameFault)
  const outputs = await connectionsFor(options, playbooks, answer)
  const withDemoData =
    outputs[0].keys[0]?.[1] === 'embedded' &&
    !playbooks &&
    (options.withDemoData ??
      (asks &&
        (await answer(undefined, 'Five weeks of made-up events to try it on?', 'yes')).toLowerCase() ===
          'yes'))
  const shared: Setting[] = [...(playbooks?.shared ?? [])]
  for (const [option, variable, question] of schemaQuestions) {
    const standard = String(
      shared.find(setting => setting.name === variable)?.value ?? standardVariables().all[variable]?.default,
    )
    const value = await answer(options[option], question, standard, identifierFault)
    if (value !== standard || !shared.some(setting => setting.name === variable))
      put(shared, { name: variable, value })
  }
  return {
    name,
    outputs,
    shared,
    withDemoData,
    modules: await modulesFor(options, playbooks, withDemoData, answer),
  }
}

type Answer = (
  given: string | undefined,
  question: string,
  standard: string,
  fault?: (text: string) => string | undefined,
) => Promise<string>

function put(settings: Setting[], setting: Setting): void {
  const index = settings.findIndex(({ name }) => name === setting.name)
  if (index === -1) settings.push(setting)
  else settings[index] = setting
}

async function connectionsFor(
  options: InitOptions,
  playbooks: Playbooks | undefined,
  answer: Answer,
): Promise<readonly [Output, ...Output[]]> {
  const [first, ...more] = playbooks?.outputs ?? []
  if (first && options.adapter === undefined) return [first, ...more]
  const adapter = await answer(options.adapter, `Warehouse: ${knownAdapters.join(', ')}`, 'embedded', text =>
    knownAdapters.includes(text) ? undefined : `is none of ${knownAdapters.join(', ')}`,
  )
  const given: Record<string, string | number> = {}
  for (const { key, variable = '' } of questionsOf(adapter)) {
    const value = await answer(
      options[key as keyof ConnectionAnswers] as string | undefined,
      `${key}; empty: from ${variable}`,
      '',
    )
    if (value !== '') given[key] = value
  }
  if (options.port !== undefined) given['port'] = options.port
  if (options.role !== undefined) given['role'] = options.role
  return [outputOf('dev', adapter, given)]
}

async function modulesFor(
  options: InitOptions,
  playbooks: Playbooks | undefined,
  withDemoData: boolean,
  answer: Answer,
): Promise<ReadonlyMap<string, readonly Setting[]>> {
  const modules = new Map(playbooks?.modules ?? [])
  const base = [...(modules.get('base') ?? [])]
  const before = base.find(({ name }) => name === 'start_date')?.value
  const standard = String(before ?? (withDemoData ? demoStart : `${new Date().getUTCFullYear()}-01-01`))
  const asked = withDemoData || before !== undefined ? (options.startDate ?? standard) : options.startDate
  const start = await answer(asked, 'First day of events to read', standard, text =>
    isStartDate(text) ? undefined : 'is no day, such as 2024-01-31',
  )
  if (start !== before) put(base, { name: 'start_date', value: start, comment: 'no event before it is read' })
  if (withDemoData)
    put(base, {
      name: 'update_cadence_days',
      value: 60,
      comment: 'so that one run reads all of the demo; 7 by default',
    })
  return new Map([['base', base], ...[...modules].filter(([module]) => module !== 'base')])
}

/** A folder's name as the name of a project. */
function nameFrom(directory: string): string {
  const name = basename(directory)
    .replaceAll(/[^A-Za-z0-9_]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 60)
  return /^[A-Za-z_]/.test(name) ? name : `project_${name}`.replace(/_$/, '')
}
