// What tests read of target/run_results.json, and a run that is stopped while one of its steps is under way.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { packageDirectory } from './command_line.js'
import type { TestProject } from './support.js'

export interface Results {
  readonly invocation_id: string
  readonly retry_of: string | null
  readonly status: string
  readonly arguments: Readonly<Record<string, unknown>>
  readonly diagnostics: readonly { readonly code: string }[]
  readonly retries: readonly { readonly what: string; readonly number: number; readonly most: number }[]
  readonly results: readonly {
    readonly run: number
    readonly id: string
    readonly kind: string
    readonly status: string
    readonly rows: number | null
    readonly failures: number | null
    readonly message: string | null
    readonly statement_hash: string
    readonly diagnostics: readonly { readonly code: string; readonly message: string }[]
  }[]
}

export const textOf = (project: TestProject, file: string): string =>
  readFileSync(join(project.directory, 'target', file), 'utf8')

export const resultsOf = (project: TestProject): Results =>
  JSON.parse(textOf(project, 'run_results.json')) as Results

/** `status id` of each result, in their order. */
export const story = (project: TestProject): readonly string[] =>
  resultsOf(project).results.map(({ status, id }) => `${status} ${id}`)

/** Of each data test: `status name failures`, by name. */
export const foundBy = (project: TestProject): readonly string[] =>
  resultsOf(project)
    .results.filter(({ kind }) => kind === 'test')
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ status, id, failures }) => `${status} ${id} ${failures}`)

/**
 * Runs a command until its output holds `until`, then sends it a signal.
 * @returns the exit code, null where the signal killed it
 */
export async function stopWhile(
  project: TestProject,
  words: readonly string[],
  until: RegExp,
  signal: 'SIGKILL' | 'SIGINT',
): Promise<number | null> {
  const cli = join(packageDirectory, 'dist', 'compiler', 'start_bundle.cjs')
  const child = spawn(process.execPath, [cli, ...words, '--log-format', 'json'], { cwd: project.directory })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => {
      output += String(chunk)
    })
  for (let waited = 0; !until.test(output); waited += 20) {
    assert.ok(waited < 120_000 && child.exitCode === null, `${until} did not come: ${output}`)
    await sleep(20)
  }
  child.kill(signal)
  const [code] = (await once(child, 'close')) as [number | null]
  return code
}

export const stepStarted = (id: string): RegExp => new RegExp(`"event":"step_started","step":"${id}"`)

/** So many rows that a statement that counts them takes longer than any test. */
export const forever = 100_000_000_000
