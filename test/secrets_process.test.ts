// Secrets where the process itself is what could tell them: a profile that is no YAML, a crash, an interruption; and a password
// that is an ordinary word.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plantedProject, profileOf } from './planted_secrets.js'

const secrets = { password: 'pl@nted-"p%ssw0rd', other: 'planted-other-secret' }
const environment = { OTHER: secrets.other }
const project = plantedProject(secrets, environment)

const quoted = JSON.stringify(secrets.password)
const outputs = (lines: string): string => `shop:\n  target: dev\n  outputs:\n    dev:\n${lines}`
const broken: readonly (readonly [what: string, profiles: string, code: RegExp])[] = [
  ['a value that begins a list', outputs(`      password: [${quoted}\n      host: x\n`), /bad-yaml/],
  [
    'an escape that is none',
    outputs(`      type: postgres\n      password: "\\${secrets.other}"\n`),
    /bad-yaml/,
  ],
  [
    'a value that is taken for an alias',
    outputs(`      type: postgres\n      password: *${secrets.other}\n`),
    /bad-yaml/,
  ],
  [
    'a value that is taken for a tag',
    outputs(`      type: postgres\n      password: !${secrets.other}\n`),
    /bad-yaml/,
  ],
  [
    'a value that is taken for a block',
    outputs(`      type: postgres\n      password: |${secrets.other}\n`),
    /bad-yaml/,
  ],
  [
    'a quote that is not closed',
    outputs(`      type: postgres\n      password: ${quoted.slice(0, -1)}\n`),
    /bad-yaml/,
  ],
  ['a line that is indented wrongly', outputs(`      type: postgres\n   password: ${quoted}\n`), /bad-yaml/],
  ['a key without a blank', outputs(`      {type: postgres, password:${secrets.other}}\n`), /unknown-key/],
  [
    'a value with a comma',
    outputs(`      {type: postgres, password: half,${secrets.other}}\n`),
    /unknown-key/,
  ],
  [
    'a key that is misspelt',
    outputs(`      type: postgres\n      pasword: ${quoted}\n`),
    /unknown-key.*\n.*\n.*pass/,
  ],
  ['a password that is a number', outputs('      type: postgres\n      password: 7731904455\n'), /bad-value/],
  [
    'a URL in the place of an output',
    `shop: {target: dev, outputs: {dev: "postgres://ada:${secrets.other}@db/web"}}`,
    /bad-value/,
  ],
  [
    'a file that is cut off in a password',
    `shop: {target: dev, outputs: {dev: {type: postgres, password: "${secrets.other}`,
    /bad-yaml/,
  ],
]
for (const [what, profiles, code] of broken)
  test(`secrets in profiles.yml: ${what} tells none`, async () => {
    project.write({ 'profiles.yml': profiles })
    for (const format of ['text', 'json']) {
      const { stdout, stderr, told } = await project.run(['debug', '--log-format', format])
      assert.deepEqual(told, [])
      assert.match(stdout + stderr, format === 'text' ? code : /"diagnostic"/)
      assert.doesNotMatch(stdout + stderr, /7731904455/)
    }
  })

const embedded = { type: 'embedded', path: "{{ env_var('OTHER') }}" }

test('secrets in a crash: nobody is told what the error holds', async () => {
  project.write(profileOf(embedded))
  // As an error of a request comes that nobody waits for, once the run has begun.
  const crash = `const { stdout } = process
  const write = stdout.write.bind(stdout)
  const held = { request: { password: process.env.OTHER } }
  stdout.write = (...given) => {
    if (String(given[0]).startsWith('seshat run'))
      setImmediate(() => { throw Object.assign(new Error('crashed with ' + process.env.OTHER), held) })
    return write(...given)
  }`
  const preload = `--import=data:text/javascript,${encodeURIComponent(crash)}`
  project.write({
    'models/slow.sql':
      "{{ config(materialized='table') }}\n\nselect count(*) as n from generate_series(1, 100000000000) as g",
  })
  const { code, stderr, told } = await project.spawn(['run', '--select', 'slow'], {
    environment: { NODE_OPTIONS: preload },
  })
  assert.deepEqual(told, [])
  assert.equal(code, 2)
  assert.match(stderr, /internal-error.*\n.*crashed with \*\*\*/)
})

test('secrets in an interruption: none is told, and none stands in the results', async () => {
  project.write(profileOf(embedded))
  const { code, stdout, told } = await project.spawn(['run', '--select', 'slow', '--log-format', 'json'], {
    during: (child, output) => {
      if (output.includes('"step_started"') && !child.killed) child.kill('SIGINT')
    },
  })
  assert.deepEqual(told, [])
  assert.equal(code, 130, stdout)
})

test('secrets: a password that is an ordinary word is hidden in texts, and breaks neither the run nor its data', async () => {
  project.write(profileOf({ type: 'embedded', path: "{{ env_var('WORD') }}" }))
  const { code, stdout } = await project.spawn(['run', '--select', 'numbers', '--log-format', 'json'], {
    environment: { WORD: 'status' },
  })
  assert.equal(code, 0, stdout)
  const events = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)
  assert.equal(events[0]?.['text'], 'seshat run · planted · embedded database in ***\n')
  const finished = events.filter(({ event }) => event === 'step_finished')
  assert.deepEqual(
    finished.map(({ step, status }) => [step, status]),
    [['numbers', 'success']],
  )
})
