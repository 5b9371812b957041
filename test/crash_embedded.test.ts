// Processes with an embedded database that are killed (SIGKILL), at statements and at random moments: the next one takes over
// the lock, opens the database and ends in the tables of the events, with no hand-work.

import assert from 'node:assert/strict'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Driver } from '../adapters/driver.js'
import { connectEmbedded } from '../adapters/embedded/driver.js'
import { createAtomic, loadAtomic } from './atomic_events.js'
import { runCli } from './command_line.js'
import { corpusOf, corpusProject } from './crash/corpus.js'
import { assertRight } from './crash/every_border.js'
import { amount, sampleOf, seed } from './crash/how_much.js'
import { start } from './crash/processes.js'
import { random } from './oracle/random.js'
import type { TestDatabase } from './support.js'

const preload = new URL('./crash/dies_in_embedded.js', import.meta.url)
const corpus = corpusOf(12)
const longer = corpusOf(18, 4, 16)
const output = { type: 'embedded', path: "{{ env_var('CRASH_DATABASE') }}" }
const project = corpusProject(corpus, JSON.stringify({ test: { target: 'dev', outputs: { dev: output } } }))
const { directory } = project
const prepared = join(directory, 'databases', 'prepared')

type Looking = Pick<TestDatabase, 'query' | 'rows' | 'load'>

/** Opens a database while nobody else has it. */
async function within<T>(path: string, work: (database: Looking) => Promise<T>): Promise<T> {
  const driver: Driver = await connectEmbedded(path, 'seshat tests')
  const looking: Looking = {
    query: async sql => (await driver.execute(sql)).rows,
    rows: async sql => {
      const { columns, rows } = await driver.execute(sql)
      return rows.map(row => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])))
    },
    load: (...load) => driver.load(...load),
  }
  return work(looking).finally(() => driver.close())
}

async function succeed(words: readonly string[], path: string, story: string): Promise<void> {
  const { code, stdout, stderr } = await runCli(words, directory, { CRASH_DATABASE: path })
  assert.equal(code, 0, `${story}, then ${words.join(' ')}:\n${stdout}${stderr}`)
}

before(async () => {
  mkdirSync(join(directory, 'databases'))
  await within(prepared, createAtomic)
  for (const [index, load] of corpus.loads.entries()) {
    await within(prepared, database => loadAtomic(database, load))
    if (index < corpus.loads.length - 1) await succeed(['run'], prepared, 'before')
  }
})

test('embedded, at a statement: after SIGKILL the next run ends right', async t => {
  const counts = join(directory, 'counts')
  const copy = (name: string): string => {
    const path = join(directory, 'databases', name)
    cpSync(prepared, path, { recursive: true })
    return path
  }
  const first = copy('undisturbed')
  const environment = { CRASH_DATABASE: first, CRASH_COUNT: counts }
  const undisturbed = await start(['run'], directory, environment, preload).ended
  assert.equal(undisturbed.code, 0, undisturbed.said)
  await within(first, database => assertRight(database, corpus, 'undisturbed'))
  const requests = readFileSync(counts, 'utf8').length
  const all = Array.from({ length: requests }, (_, at) => at).flatMap(at => [
    `${at} before`,
    `${at} answered`,
  ])
  const picked = sampleOf(all, amount(3, 8, Infinity))
  for (const at of picked) {
    const path = copy(at.replace(' ', '_'))
    const story = `SIGKILL at ${at} of ${requests}, seed ${seed}`
    const killed = await start(['run'], directory, { CRASH_DATABASE: path, CRASH_AT: at }, preload).ended
    assert.equal(killed.code, null, `${story}: ${killed.said}`)
    await succeed(['run'], path, story)
    await within(path, database => assertRight(database, corpus, story))
  }
  t.diagnostic(`${picked.length} kills in runs of ${requests} requests, seed ${seed}`)
})

test('embedded, random moments: killed again and again while events arrive, no row is lost or doubled', async t => {
  const from = random(seed)
  const path = join(directory, 'databases', 'random')
  await within(path, createAtomic)
  let kills = 0
  let took = 5000
  for (const load of longer.loads) {
    await within(path, database => loadAtomic(database, load))
    for (let left = amount(1, 3, 25); left > 0; left -= 1) {
      const words = from.pick([['run'], ['run', '--until-caught-up'], ['run', '--full-refresh'], ['retry']])
      const begun = performance.now()
      const { process, ended } = start(words, directory, { CRASH_DATABASE: path })
      const done = ended.then(() => 'done' as const)
      if ((await Promise.race([done, sleep(took * from.next())])) === 'done') took = performance.now() - begun
      process.kill('SIGKILL')
      await ended
      kills += 1
    }
  }
  await succeed(['run', '--until-caught-up'], path, `${kills} kills, seed ${seed}`)
  await within(path, database => assertRight(database, longer, `${kills} kills, seed ${seed}`))
  t.diagnostic(`${kills} kills at random moments, seed ${seed}`)
})
