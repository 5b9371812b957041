// The command line as tests call it: words and a folder in, an exit code and what was written out.

import { type ChildProcess, fork, spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Answer, Request } from './command_line_child.js'

export const packageDirectory = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const cli = join(packageDirectory, 'dist', 'compiler', 'start_bundle.cjs')

export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `seshat` as a user would, in a process of its own, without colours. */
export function runProcess(
  words: readonly string[],
  directory: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...words], {
      cwd: directory,
      env: { ...process.env, ...environment },
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', chunk => (stdout += String(chunk)))
    child.stderr.on('data', chunk => (stderr += String(chunk)))
    child.on('error', reject)
    child.on('close', code => resolve({ code: code ?? -1, stdout, stderr }))
  })
}

let helper: ChildProcess | undefined
let isBusy = false

/**
 * Runs the words as `seshat` does, all of it but the end of the process, in a process that stays for the next: starting one
 * takes longer than most commands. Two at once, or another environment, have processes of their own.
 */
export async function runCli(
  words: readonly string[],
  directory: string,
  environment?: NodeJS.ProcessEnv,
): Promise<CommandResult> {
  if (isBusy || environment) return runProcess(words, directory, environment)
  isBusy = true
  try {
    return await askHelper({ directory, words })
  } finally {
    isBusy = false
  }
}

function askHelper(request: Request): Promise<CommandResult> {
  helper ??= startHelper()
  const child = helper
  // It keeps the test's process from ending while it is asked, and only then.
  child.ref()
  return new Promise<CommandResult>((resolve, reject) => {
    const died = (): void => {
      helper = undefined
      reject(new Error(`the process ended in: seshat ${request.words.join(' ')}`))
    }
    child.once('exit', died)
    child.once('message', ({ code, stdout, stderr }: Answer) => {
      child.off('exit', died)
      resolve({ code, stdout, stderr })
    })
    child.send(request)
  }).finally(() => {
    child.unref()
    child.channel?.unref()
  })
}

function startHelper(): ChildProcess {
  const child = fork(fileURLToPath(new URL('./command_line_child.js', import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  process.once('exit', () => child.kill('SIGKILL'))
  return child
}
