// run --timings on the real command line: each statement of a run with its rows, and nothing of it without the option.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectMemory } from '../adapters/embedded/driver.js'
import { measuring, readMeasured } from '../adapters/postgres/measured.js'
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

test('run --timings: what the statement that builds a table went through, and the rows of the run all the same', async () => {
  const project = temporaryProject({
    ...files,
    'models/many.sql': `{{ config(materialized='table') }}
select t.n, repeat('x', 1000) as text from generate_series(1, 2000) as t (n)
`,
  })
  const { code, stdout } = await project.seshat('run', '--timings', '--log-format', 'json')
  assert.equal(code, 0, stdout)
  const events = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  const { statements } = events.find(({ event }) => event === 'timings')
  const built = statements.find(({ purpose }: { purpose: string }) => purpose === 'write the rows of many')
  // Two million letters are 2 MB, which go to the log and into pages of 8 kB.
  assert.ok(built.buffers.log_bytes > 2_000_000, JSON.stringify(built))
  assert.ok(built.buffers.hit > 200, JSON.stringify(built))
  assert.equal(built.rows, 2000)
  const step = events.find(({ event, step }) => event === 'step_finished' && step === 'many')
  assert.equal(step.rows, 2000)
})

test('run --timings: the rows of an insert, not those of the condition that is asked before', async () => {
  const driver = await connectMemory()
  try {
    await driver.execute('create table numbers (n integer)')
    const insert = `insert into numbers
select n from generate_series(1, 5) as t (n)
where exists (select 1 from generate_series(1, 3))`
    const { rowCount } = readMeasured(await driver.execute(measuring(insert) ?? ''))
    assert.equal(rowCount, 5)
  } finally {
    await driver.close()
  }
})

test('run --timings: a statement that fails says where', async () => {
  const project = temporaryProject({
    ...files,
    'models/wrong.sql': "{{ config(materialized='table') }}\nselect 1 / 0 as n\n",
  })
  const { code, stderr, stdout } = await project.seshat('run', '--timings')
  assert.equal(code, 1)
  assert.match(stdout + stderr, /division by zero/)
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
