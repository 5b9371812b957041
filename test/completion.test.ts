// Completion, in the shells themselves: bash always, zsh and fish where they are installed.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, test } from 'node:test'
import { packageDirectory, runProcess } from './command_line.js'
import { temporaryProject } from './support.js'

/** What is typed -> what is offered. */
const cases: readonly (readonly [typed: string, offered: readonly string[]])[] = [
  ['seshat re', ['retry']],
  ['seshat co', ['compile', 'completion']],
  ['seshat show land', ['landing']],
  ['seshat run --full-r', ['--full-refresh']],
  ['seshat run --target ', ['dev', 'production']],
  ['seshat run -t pro', ['production']],
  ['seshat run --select land', ['landing']],
  ['seshat run --select users land', ['landing']],
  ['seshat run --select 2+land', ['2+landing']],
  ['seshat run --select users,+land', ['users,+landing']],
  ['seshat run --exclude module:us', ['module:users']],
  ['seshat run --selector ni', ['nightly']],
  ['seshat compile --adapter po', ['postgres']],
  ['seshat destroy se', ['sessions']],
  ['seshat completion f', ['fish']],
  ['seshat diff --format mark', ['markdown']],
  ['seshat run --project-dir mod', ['models/']],
  ['seshat show nothing-of-that-name', []],
]

const project = temporaryProject({
  'seshat.yml': 'name: t\nprofile: t\nselectors: {nightly: module:base}\n',
  'profiles.yml': 't:\n  target: dev\n  outputs: {dev: {type: embedded}, production: {type: embedded}}\n',
  'models/landing.sql': 'select 1 as n',
})
const bin = join(project.directory, 'bin')
const cli = join(packageDirectory, 'dist', 'compiler', 'start_bundle.cjs')
mkdirSync(bin)
chmodSync(cli, 0o755)
symlinkSync(cli, join(bin, 'seshat'))
const environment = {
  ...process.env,
  PATH: `${bin}${delimiter}${process.env['PATH']}`,
  HOME: project.directory,
}

const isInstalled = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0

const runIn = (shell: string, words: readonly string[], more: NodeJS.ProcessEnv = {}): readonly string[] =>
  execFileSync(shell, [...words], {
    cwd: project.directory,
    env: { ...environment, ...more },
    encoding: 'utf8',
  })
    .split('\n')
    .filter(line => line !== '')
    .sort()

describe('completion, bash', () => {
  const script = `
source <(seshat completion bash)
complete -p seshat >/dev/null || exit 1
COMP_LINE="$TYPED" COMP_POINT=\${#TYPED}
_seshat
printf '%s\\n' "\${COMPREPLY[@]}"`
  for (const [typed, offered] of cases) {
    test(`${typed}: offers ${offered.join(' ') || 'nothing'}`, () => {
      // Readline has everything up to a colon on the line already.
      const expected = offered.map(word => word.replace(/^.*[:=]/, '')).sort()
      assert.deepEqual(runIn('bash', ['--norc', '-c', script], { TYPED: typed }), expected)
    })
  }
})

if (isInstalled('fish')) {
  describe('completion, fish', () => {
    for (const [typed, offered] of cases) {
      test(`${typed}: offers ${offered.join(' ') || 'nothing'}`, () => {
        const script = 'seshat completion fish | source; complete --do-complete "$TYPED"'
        assert.deepEqual(runIn('fish', ['--no-config', '-c', script], { TYPED: typed }), [...offered].sort())
      })
    }
  })
}

if (isInstalled('zsh')) {
  describe('completion, zsh', () => {
    // compadd, where the shell would show what it is given, prints it.
    const script = `
autoload -Uz compinit; compinit -u -D
source <(seshat completion zsh)
[[ "\${_comps[seshat]}" == _seshat ]] || exit 1
compadd() { while [[ "$1" != -- ]]; do shift; done; shift; print -l -- "$@" }
words=("\${(@Q)\${(z)TYPED}}")
[[ "$TYPED" == *' ' ]] && words+=("")
CURRENT=\${#words}
_seshat
true`
    for (const [typed, offered] of cases) {
      test(`${typed}: offers ${offered.join(' ') || 'nothing'}`, () => {
        assert.deepEqual(runIn('zsh', ['-f', '-c', script], { TYPED: typed }), [...offered].sort())
      })
    }
  })
}

test('completion: a broken project is no reason to say anything', async () => {
  const broken = temporaryProject({ 'seshat.yml': 'name: [', 'profiles.yml': '\t', 'models/a.sql': '{{' })
  const { code, stdout, stderr } = await runProcess(['__complete', 'run', '--target', ''], broken.directory)
  assert.deepEqual([code, stdout, stderr], [0, '', ''])
  assert.equal((await runProcess(['__complete', 'show', 'a'], broken.directory)).stdout, 'a\n')
})

test('completion: of a shell that it does not know, says which it does', async () => {
  const { code, stderr } = await temporaryProject({}).seshat('completion', 'tcsh')
  assert.equal(code, 2)
  assert.match(stderr, /Allowed choices are bash, zsh, fish/)
})
