// The images of an embedded database that a run has left (takes_images.ts), each what a process that was killed would leave: each
// is opened by whoever comes next, the dead process's lock in the way, and from each state of the tables that comes out of
// that a run is given again and compared with one that nothing disturbed.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Driver } from '../../adapters/driver.js'
import { connectEmbedded, connectMemory } from '../../adapters/embedded/driver.js'
import { oneConnection } from '../../compiler/connections.js'
import type { Plan } from '../../compiler/plan.js'
import { execute } from '../module_runs.js'
import { type Again, type Count, compare, isLasting, nothingYet } from './every_border.js'
import { type Fingerprint, fingerprintOf, textOf } from './fingerprint.js'

export interface Images {
  /** Where they are, and space for copies of them. */
  readonly folder: string
  /** What is run from each state, until it has caught up. */
  readonly again: readonly Again[]
  readonly undisturbed: Fingerprint
}

/** Moments of a run, in their order, and which image each has left. */
export interface Moment {
  readonly image: number
  readonly kind: 'border' | 'call'
}

export const momentsIn = (folder: string): readonly Moment[] =>
  readFileSync(join(folder, 'moments'), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => line.split(' '))
    .map(([image, kind]) => ({ image: Number(image), kind: kind === 'border' ? 'border' : 'call' }))

export const bordersIn = (folder: string): number =>
  momentsIn(folder).filter(({ kind }) => kind === 'border').length

/** Files of a folder, by their names -> a digest of what is in them. */
export const contentOf = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .sort()
      .map(path => [path, join(folder, path)] as const)
      .map(([path, file]) => [path, statSync(file).isDirectory() ? '' : digestOf(file)]),
  )

const digestOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')

const inParallel = 2

export async function recoverEverywhere(images: Images): Promise<Count> {
  const moments = momentsIn(images.folder)
  const numbers = [...new Set(moments.map(({ image }) => image))]
  const count: Count = { ...nothingYet(), images: numbers.length, faults: moments.length }
  // The first border is that before the first statement.
  count.statements = bordersIn(images.folder) - 1
  const seen = new Set<string>()
  const worker = async (): Promise<void> => {
    for (let next = numbers.shift(); next !== undefined; next = numbers.shift())
      await recover(next, images, seen, count)
  }
  // As long as one is open the others need not compile Postgres again.
  const held = await connectMemory()
  await Promise.all(Array.from({ length: inParallel }, worker)).finally(() => held.close())
  return count
}

async function recover(number: number, images: Images, seen: Set<string>, count: Count): Promise<void> {
  const image = join(images.folder, String(number))
  const { again, undisturbed } = images
  const [first, ...others] = [...again.entries()]
  const isNew = await withCopy(image, async driver => {
    const state = textOf(await fingerprintOf(lookingWith(driver)))
    if (seen.has(state)) return false
    seen.add(state)
    if (first) await runAgain(driver, ...first)
    return true
  })
  if (isNew) for (const other of others) await withCopy(image, driver => runAgain(driver, ...other))
  rmSync(image, { recursive: true })

  async function runAgain(driver: Driver, index: number, { plan, leaves }: Again): Promise<void> {
    const story = `embedded: image ${number}, then ${index}`
    count.states += 1
    await succeed(driver, plan, story)
    const isLeft = (name: string): boolean => isLasting(name) && !leaves?.(name)
    await compare(lookingWith(driver), undisturbed, isLeft, count, story)
  }
}

async function succeed(driver: Driver, plan: Plan, story: string): Promise<void> {
  const { code, diagnostics } = await execute(plan, oneConnection(driver), true)
  assert.equal(code, 0, `${story}: ${JSON.stringify(diagnostics)}`)
}

/** With its lock, which names a process that is no more. */
async function withCopy<T>(image: string, work: (driver: Driver) => Promise<T>): Promise<T> {
  const copy = `${image}_opened`
  cpSync(image, copy, { recursive: true })
  cpSync(`${image}.lock`, `${copy}.lock`)
  const driver = await connectEmbedded(copy, 'seshat tests')
  const result = await work(driver).finally(() => driver.close())
  assert.ok(!existsSync(`${copy}.lock`), 'the lock is given back')
  rmSync(copy, { recursive: true })
  return result
}

const lookingWith = (driver: Driver) => ({
  query: async (sql: string) => (await driver.execute(sql)).rows,
})
