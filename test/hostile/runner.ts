// Cases -> what came of each: runs them in a child process that is ended and replaced when one takes too long or dies.

import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Answer, Request } from '../command_line_child.js'
import { type HostileCase, plainProject } from './case.js'
import { type FolderState, stateOfFolder } from './folder_state.js'

/** Much more than the five seconds that a case may take on a machine that does nothing else. */
const patience = 60_000

export interface Outcome {
  /** `hangs` and `dies`, with no answer, are the faults that no input may cause. */
  readonly end: 'answered' | 'hangs' | 'dies'
  readonly answer: Answer
  /** Paths outside of the project that are there since, gone, or not as they were. */
  readonly touched: readonly string[]
  /** The folder of the project. */
  readonly directory: string
  /** Texts of the files below target/compiled. */
  readonly compiled: readonly string[]
}

const noAnswer: Answer = { code: -1, stdout: '', stderr: '', seconds: patience / 1000 }

export class HostileRunner {
  readonly #root = realpathSync(mkdtempSync(join(tmpdir(), 'seshat-hostile-')))
  #child: ChildProcess | undefined
  #next = 0

  async run({ files, words = ['compile', '--adapter', 'postgres'] }: HostileCase): Promise<Outcome> {
    const parent = join(this.#root, String(this.#next++))
    const directory = join(parent, 'project')
    makeFiles(parent, { 'outside/secret.sql': 'select 7331 as outside\n', 'home/.keep': '' })
    makeFiles(join(parent, 'sound'), plainProject)
    makeFiles(directory, { ...plainProject, ...files })
    const before = stateOfFolder(parent, directory)
    const { end, answer } = await this.#ask({ directory, words })
    const touched = differences(before, stateOfFolder(parent, directory))
    const compiled = [...stateOfFolder(join(directory, 'target', 'compiled')).values()]
    rmSync(parent, { recursive: true, force: true })
    return { end, answer, touched, directory, compiled }
  }

  close(): void {
    this.#child?.kill('SIGKILL')
    rmSync(this.#root, { recursive: true, force: true })
  }

  #ask(request: Request): Promise<Pick<Outcome, 'end' | 'answer'>> {
    this.#child ??= fork(childFile, {
      env: { ...process.env, HOME: join(this.#root, '0', 'home') },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const child = this.#child
    return new Promise(resolve => {
      const finish = (end: Outcome['end'], answer: Answer = noAnswer): void => {
        clearTimeout(timer)
        child.removeAllListeners()
        if (end !== 'answered') {
          child.kill('SIGKILL')
          this.#child = undefined
        }
        resolve({ end, answer })
      }
      const timer = setTimeout(() => finish('hangs'), patience)
      child.once('message', (answer: Answer) => finish('answered', answer))
      child.once('exit', () => finish('dies'))
      child.send(request)
    })
  }
}

const childFile = fileURLToPath(new URL('../command_line_child.js', import.meta.url))

function makeFiles(directory: string, files: NonNullable<HostileCase['files']>): void {
  mkdirSync(directory, { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    if (content === null) continue
    const path = join(directory, name)
    mkdirSync(dirname(path), { recursive: true })
    if (typeof content === 'function') content(path)
    else writeFileSync(path, content)
  }
}

const differences = (before: FolderState, after: FolderState): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter(path => before.get(path) !== after.get(path))
