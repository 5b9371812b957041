// The examples of docs/reference/commands.md -> each executed in the test's own process, in the order of the page, on one
// project that has what they name. Those that are not are listed here, with reasons.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { chdir, cwd } from 'node:process'
import { runWords } from '../compiler/cli/run_words.js'
import type { Page } from './docs_pages.js'
import { playbooks } from './init_playbooks.js'
import type { TestDatabase } from './support.js'

/** Example -> why it is not executed here. */
export const examplesNotRun: Readonly<Record<string, string>> = {
  'seshat init acme --with-demo-data && cd acme && seshat build': 'the first hour executes these commands',
  'seshat docs serve --port 8081':
    'it goes on until Ctrl-C: test/site_serve.test.ts starts it, reads a page and ends it',
}

/** The lines of a page's blocks that are not run, without what a shell adds to a command. */
export const examplesOf = (page: Page): readonly string[] =>
  page.parts.flatMap(part =>
    part.kind === 'not run' ? part.script.trim().split('\n').map(withoutShell) : [],
  )

const withoutShell = (line: string): string =>
  line
    .replace(/ +# .*$/, '')
    .replace(/^source <\((.*)\)$/, '$1')
    .replace(/ > \S+$/, '')

const wordsOf = (command: string): readonly string[] =>
  [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  )

export interface Example {
  readonly command: string
  readonly code: number
  readonly output: string
  readonly errors: string
}

/**
 * @param demo a folder with the demo, built
 * @param server what `--target pg` means
 */
export async function runExamples(
  commands: readonly string[],
  demo: string,
  server: TestDatabase,
): Promise<readonly Example[]> {
  const folder = exampleProject(demo, server)
  const before = cwd()
  const results: Example[] = []
  try {
    chdir(folder)
    for (const command of commands) {
      const [program, ...words] = wordsOf(command)
      assert.equal(program, 'seshat', command)
      // Two examples make this folder.
      if (words[0] === 'init') rmSync('acme', { recursive: true, force: true })
      const written = { output: '', errors: '' }
      const code = await runWords(words, {
        output: { write: text => (written.output += text) },
        errors: { write: text => (written.errors += text) },
      })
      results.push({ command, code, ...written })
    }
  } finally {
    chdir(before)
    rmSync(folder, { recursive: true, force: true })
  }
  return results
}

/** The demo, with a model, a seed, a tag, a server, playbooks, a branch and a change of it, as the examples name them. */
function exampleProject(demo: string, server: TestDatabase): string {
  const folder = mkdtempSync(join(dirname(demo), 'examples-'))
  cpSync(demo, folder, { recursive: true })
  cpSync(demo, join(folder, 'demo'), { recursive: true })
  const { outputs } = (JSON.parse(server.profiles) as { test: { outputs: { dev: object } } }).test
  const profile = { target: 'dev', outputs: { dev: { type: 'embedded' }, pg: outputs.dev } }
  const files: Readonly<Record<string, string>> = {
    'profiles.yml': JSON.stringify({ demo: profile }),
    '.gitignore': '.seshat/\ntarget/\n/demo/\n/acme/\n',
    'seeds/countries.csv': 'code,name\nNO,Norway\n',
    'models/my_model.sql': myModel,
    'sql-runner/templates/shop.yml.tmpl': ':variables:\n  :entropy: ""\n',
    ...Object.fromEntries(
      Object.entries(playbooks)
        .filter(([path]) => path.startsWith('standard/'))
        .map(([path, text]) => [`sql-runner/playbooks/${path}`, text]),
    ),
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  appendFileSync(join(folder, 'seshat.yml'), '\nprofile: demo\n')
  const git = (...words: readonly string[]): unknown =>
    execFileSync('git', ['-c', 'user.name=reader', '-c', 'user.email=reader@example.com', ...words], {
      cwd: folder,
    })
  git('init', '--quiet', '--initial-branch', 'main')
  git('add', '.')
  git('commit', '--quiet', '--message', 'before')
  git('update-ref', 'refs/remotes/origin/main', 'HEAD')
  appendFileSync(join(folder, 'models/my_model.sql'), 'where s.page_views > 1\n')
  return folder
}

const myModel = `{{ config(
    materialized='incremental',
    unique_key='domain_sessionid',
    time_key='start_tstamp',
    replaces='sessions_batch',
    tags=['slow']
) }}
select s.domain_sessionid, s.start_tstamp
from {{ ref('sessions_this_run') }} as s
`
