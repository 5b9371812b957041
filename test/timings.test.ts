// run --timings on the real command line: each statement of a run with its rows, and nothing of it without the option.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { modulesOff, temporaryProject } from './support.js'

const files = {
  'seshat.yml': `name: small\n${modulesOff('base', 'page_views', 'sessions', 'users')}`,
  'models/three.sql': "{{ config(materialized='table') }}\nselect v.n from (values (1), (2), (3)) as v (n)\n",
}

test('run --timings: the statement that builds a table, with its rows', async () => {
  const project = temporaryProject(files)
  const { code, stdout } = await project.seshat('run', '--timings', '--log-format', 'json')
  assert.equal(code, 0, stdout)
  const events = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  const { statements } = events.find(({ event }) => event === 'timings')
  const ofThree = statements.filter(({ step }: { step: string }) => step === 'three')
  assert.ok(
    ofThree.some(({ rows, seconds }: { rows: number; seconds: number }) => rows === 3 && seconds > 0),
    JSON.stringify(ofThree),
  )
})

test('run --timings: a table for people, with the longest first', async () => {
  const project = temporaryProject(files)
  const { code, stdout } = await project.seshat('run', '--timings')
  assert.equal(code, 0, stdout)
  assert.match(stdout, /\d+ statements took \d+\.\d\ds/)
  const seconds = [...stdout.matchAll(/^ *(\d+\.\d{3}) +[\d,]+ /gm)].map(([, text]) => Number(text))
  assert.ok(seconds.length > 3, stdout)
  assert.deepEqual(
    seconds,
    [...seconds].sort((a, b) => b - a),
  )
})

test('run: without --timings nothing of statements is told', async () => {
  const project = temporaryProject(files)
  const { code, stdout } = await project.seshat('run')
  assert.equal(code, 0, stdout)
  assert.doesNotMatch(stdout, /statements took/)
})
