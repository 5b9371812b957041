// Real processes of the command line, started to be killed.

import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CommandResult, packageDirectory, runCli } from '../command_line.js'

const cli = join(packageDirectory, 'dist', 'compiler', 'start_bundle.cjs')

export interface Started {
  readonly process: ChildProcess
  /** The exit code, null where a signal has ended it, and all that it has said. */
  readonly ended: Promise<{ readonly code: number | null; readonly said: string }>
}

/** @param preload a module that is imported before the command line */
export function start(
  words: readonly string[],
  directory: string,
  environment: NodeJS.ProcessEnv = {},
  preload?: URL,
): Started {
  const node = preload ? ['--import', preload.href] : []
  const child = spawn(process.execPath, [...node, cli, ...words], {
    cwd: directory,
    env: { ...process.env, ...environment },
  })
  let said = ''
  child.stdout.on('data', chunk => (said += String(chunk)))
  child.stderr.on('data', chunk => (said += String(chunk)))
  const ended = new Promise<{ code: number | null; said: string }>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => resolve({ code, said }))
  })
  return { process: child, ended }
}

/** As a scheduler would: again while a statement of the process that died keeps the lock. */
export async function runUnlocked(
  words: readonly string[],
  directory: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<CommandResult> {
  for (let tries = 0; ; tries += 1) {
    const result = await runCli(words, directory, environment)
    if (result.code !== 3 || tries === 100) return result
    await sleep(100)
  }
}
