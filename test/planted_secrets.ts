// A project on a disk of its own (project, home, working directory), the command line run in it with secrets in profile and
// environment, and a search for them in every file and line that comes of it.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'
import { type Invoke, program } from '../compiler/cli/program.js'
import { reporterOf, runAction } from '../compiler/cli/run_action.js'
import type { ReportStream } from '../compiler/reporter.js'
import { packageDirectory } from './command_line.js'
import { modulesOff } from './support.js'

/** Secrets by what they are. */
export type Secrets = Readonly<Record<string, string>>

/** Every text by which a reader could know the secret. */
export function tellTales(secret: string): readonly string[] {
  const lines = secret.split('\n').filter(line => line.length >= 16)
  const base64 = Buffer.from(secret).toString('base64').replaceAll('=', '')
  return [
    secret.trim(),
    ...lines,
    ...lines.map(line => line.slice(0, 24)),
    JSON.stringify(secret.trim()).slice(1, -1),
    encodeURIComponent(secret.trim()),
    // Its last group depends on what follows.
    base64.slice(0, -4),
    secret.trim().toUpperCase(),
    secret.trim().toLowerCase(),
    // What is left of it where a text is cut.
    secret.trim().slice(0, Math.ceil(secret.trim().length * 0.7)),
  ]
}

/** Where secrets are told below a folder, in a line each. `except` are names of files that hold them by right. */
export function told(folder: string, secrets: Secrets, except: readonly string[] = []): readonly string[] {
  const found: string[] = []
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isFile() || except.includes(entry.name)) continue
    const bytes = readFileSync(path)
    // Wrapped lines hide nothing from a reader.
    const wrapped = Buffer.from(bytes.toString('latin1').replaceAll(/\s+/g, ' '), 'latin1')
    for (const [name, secret] of Object.entries(secrets))
      for (const text of new Set(tellTales(secret)))
        if (bytes.includes(text) || wrapped.includes(text))
          found.push(`${path} tells ${name} as ${text}: ${around(bytes, text)}`)
  }
  return found
}

const around = (bytes: Buffer, text: string): string => {
  const at = bytes.indexOf(text)
  return bytes.subarray(Math.max(0, at - 60), at + text.length + 20).toString()
}

export interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** What was told by it, and by all that was written up to then. */
  readonly told: readonly string[]
}

export interface PlantedProject {
  readonly directory: string
  write(files: Readonly<Record<string, string>>): void
  /** The command in this process, on a terminal that is `columns` wide, or none. */
  run(words: readonly string[], how?: { readonly columns?: number }): Promise<Run>
  /** The command line in a process of its own, in another folder than the project's. */
  spawn(words: readonly string[], how?: How): Promise<Run>
}

interface How {
  readonly environment?: Readonly<Record<string, string>>
  /** Called whenever it has written. */
  readonly during?: (child: ChildProcess, output: string) => void
}

const settings = 'name: planted\nprofile: shop\nvars: {start_date: 2024-01-01}\n'
/** seshat.yml of a project of a seed and a model, and of one with a module. */
export const withoutModules = settings + modulesOff('base', 'page_views', 'sessions', 'users')
export const withUsers = settings + modulesOff('base', 'page_views', 'sessions')
const cli = join(packageDirectory, 'dist', 'compiler', 'start_bundle.cjs')

/**
 * @param environment what is set while its commands run
 * @param except names of files that may hold the secrets, beside profiles.yml
 */
export function plantedProject(
  secrets: Secrets,
  environment: Readonly<Record<string, string>>,
  except: readonly string[] = [],
): PlantedProject {
  const root = mkdtempSync(join(tmpdir(), 'seshat-planted-'))
  after(() => rmSync(root, { recursive: true, force: true }))
  const directory = join(root, 'project')
  const elsewhere = { home: join(root, 'home'), cwd: join(root, 'cwd'), logs: join(root, 'logs') }
  for (const folder of [directory, ...Object.values(elsewhere)]) mkdirSync(folder)
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true })
      writeFileSync(join(directory, path), text)
    }
  }
  write({
    'seshat.yml': withoutModules,
    'models/numbers.sql': "{{ config(materialized='table') }}\n\nselect 1 as n, 'one' as name\n",
    'models/numbers.yml': 'models: [{name: numbers, columns: [{name: n, data_tests: [unique]}]}]\n',
    'seeds/colors.csv': 'name\nred\n',
  })
  const inProject = (words: readonly string[]): readonly string[] => [...words, '--project-dir', directory]
  let runs = 0
  const runOf = (code: number, stdout: string, stderr: string): Run => {
    runs += 1
    writeFileSync(join(elsewhere.logs, `${runs}.txt`), `${stdout}\n${stderr}`)
    return { code, stdout, stderr, told: told(root, secrets, ['profiles.yml', ...except]) }
  }
  return {
    directory,
    write,
    async run(words, { columns } = {}) {
      const written = { output: '', errors: '' }
      const outlet = (stream: keyof typeof written): ReportStream => ({
        isTTY: columns !== undefined,
        columns: columns ?? 0,
        write: text => (written[stream] += text),
      })
      Object.assign(process.env, environment)
      let code = -1
      const invoke: Invoke = async (action, options, names) => {
        const outlets = { output: outlet('output'), errors: outlet('errors'), color: columns !== undefined }
        const reporter = await reporterOf(options, outlets)
        code = await runAction(action, options, names, reporter, new AbortController().signal)
      }
      await program(invoke).parseAsync(inProject(words), { from: 'user' })
      return runOf(code, written.output, written.errors)
    },
    async spawn(words, { environment: more = {}, during } = {}) {
      const env = { ...process.env, HOME: elsewhere.home, ...environment, ...more }
      const child = spawn(process.execPath, [cli, ...inProject(words)], { cwd: elsewhere.cwd, env })
      const written = { stdout: '', stderr: '' }
      for (const stream of ['stdout', 'stderr'] as const)
        child[stream].on('data', chunk => {
          written[stream] += String(chunk)
          during?.(child, written.stdout)
        })
      const code = await new Promise<number | null>(resolve => child.on('close', resolve))
      return runOf(code ?? -1, written.stdout, written.stderr)
    },
  }
}

/** profiles.yml of a connection. */
export const profileOf = (output: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> => ({
  'profiles.yml': JSON.stringify({ shop: { target: 'dev', outputs: { dev: output } } }, null, 2),
})

/** Variables from which a profile takes them, with `fromEnvironment`. */
export const environmentOf = ({ user, password, database, searchPath, role }: Secrets) => ({
  DB_USER: user ?? '',
  DB_PASSWORD: password ?? '',
  DB_NAME: database ?? '',
  DB_PATH: searchPath ?? '',
  DB_ROLE: role ?? '',
})

export const fromEnvironment = (name: string): string => `{{ env_var('${name}') }}`
