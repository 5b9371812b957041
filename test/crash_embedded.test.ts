// Processes with an embedded database that are killed (SIGKILL): the next one takes over the lock, opens the database and ends in
// the tables of the events, with no hand-work. What a process that is killed leaves is the directory as it is at that moment, so
// one run that keeps an image of it at each statement shows what a kill at each of them leaves; some are really killed there,
// and leave just that, and some at random moments.

import assert from 'node:assert/strict'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Driver } from '../adapters/driver.js'
import { connectEmbedded } from '../adapters/embedded/driver.js'
import { postgresDialect } from '../adapters/postgres/dialect.js'
import { compilePlan } from '../compiler/compile.js'
import type { Plan } from '../compiler/plan.js'
import { loadProject } from '../compiler/project.js'
import { createAtomic, loadAtomic } from './atomic_events.js'
import { runCli } from './command_line.js'
import { corpusOf, corpusProject } from './crash/corpus.js'
import { assertRight, isLasting, told } from './crash/every_border.js'
import { bordersIn, contentOf, type Images, momentsIn, recoverEverywhere } from './crash/every_image.js'
import { fingerprintOf } from './crash/fingerprint.js'
import { amount, sampleOf, seed } from './crash/how_much.js'
import { start } from './crash/processes.js'
import { random } from './oracle/random.js'
import type { TestDatabase } from './support.js'

const preload = new URL('./crash/takes_images.js', import.meta.url)
const corpus = corpusOf(12)
const longer = corpusOf(18, 4, 16)
const output = { type: 'embedded', path: "{{ env_var('CRASH_DATABASE') }}" }
const project = corpusProject(corpus, JSON.stringify({ test: { target: 'dev', outputs: { dev: output } } }))
const { directory } = project
const prepared = join(directory, 'databases', 'prepared')
/** Of a run that nothing disturbs. */
let ofRun: Omit<Images, 'again'>

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
  ofRun = await imagesOf('run', ['run'], { CRASH_CALLS: amount('50', '10', '1') })
})

/** Runs these words on a copy of the prepared database, keeping images; gives where both are and how the process ended. */
async function watched(name: string, words: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const path = join(directory, 'databases', name)
  const folder = join(directory, `images_of_${name}`)
  cpSync(prepared, path, { recursive: true })
  mkdirSync(folder)
  const images = { CRASH_DATABASE: path, CRASH_IMAGES: folder, ...environment }
  const { code, said } = await start(words, directory, images, preload).ended
  return { path, folder, code, said }
}

const planOf = (fullRefresh: boolean): Plan =>
  compilePlan(loadProject(directory, undefined), {
    dialect: postgresDialect,
    target: 'dev',
    select: [],
    exclude: [],
    fullRefresh,
  }).plan

/** @param words of a run that is not disturbed; what is left at each moment of it is recovered */
async function imagesOf(
  name: string,
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<Omit<Images, 'again'>> {
  const { path, folder, code, said } = await watched(name, words, environment)
  assert.equal(code, 0, said)
  const undisturbed = await within(path, async database => {
    await assertRight(database, corpus, name)
    return fingerprintOf(database, isLasting)
  })
  return { folder, undisturbed }
}

test('embedded, every statement of a run: what a SIGKILL leaves there is recovered, and a run ends right', async t => {
  const count = await recoverEverywhere({ ...ofRun, again: [{ plan: planOf(false) }] })
  t.diagnostic(told('embedded', count))
  assert.deepEqual(count.differences, [])
})

test("embedded, every statement of a rebuild's swap: it is given again, or given up for a run", async t => {
  const rebuild = planOf(true)
  const again = [
    { plan: rebuild },
    { plan: planOf(false), leaves: (relation: string) => relation.endsWith('__rebuild') },
  ]
  const first = rebuild.afterwards[0]?.batches.find(batch => batch.transaction)?.statements[0]?.sql
  assert.ok(first)
  const images = await imagesOf('rebuild', ['run', '--full-refresh'], { CRASH_FROM: first })
  const count = await recoverEverywhere({ ...images, again })
  t.diagnostic(told('embedded, rebuild', count))
  assert.ok(count.statements > 0)
  assert.deepEqual(count.differences, [])
})

test('embedded, at a statement: a real SIGKILL leaves the image of that moment, and the next run ends right', async () => {
  const borders = [...Array(bordersIn(ofRun.folder)).keys()]
  for (const at of sampleOf(borders, amount(3, 8, Infinity))) {
    const story = `SIGKILL at ${at}, seed ${seed}`
    const { path, folder, code, said } = await watched(`killed_${at}`, ['run'], { CRASH_AT: String(at) })
    assert.equal(code, null, `${story}: ${said}`)
    const image = join(folder, String(momentsIn(folder).at(-1)?.image))
    assert.deepEqual(contentOf(path), contentOf(image), story)
    assert.deepEqual(readFileSync(`${path}.lock`), readFileSync(`${image}.lock`), story)
    await succeed(['run'], path, story)
    await within(path, database => assertRight(database, corpus, story))
  }
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
