// Real processes of the command line that are really killed (SIGKILL), lose their connection, or lose their server: at
// statements, those of the lock, of the run's opening and of its end among them, and at random moments, again and again.
// A run afterwards ends in the tables of the events.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAtomic, loadAtomic } from './atomic_events.js'
import { corpusOf, corpusProject } from './crash/corpus.js'
import type { Cut } from './crash/cutting_proxy.js'
import { assertRight } from './crash/every_border.js'
import { amount, sampleOf, seed } from './crash/how_much.js'
import { runUnlocked, start } from './crash/processes.js'
import { type CrashServer, startCrashServer } from './crash/server.js'
import { random } from './oracle/random.js'

const corpus = corpusOf(12)
const longer = corpusOf(18, 4, 16)

/** Commands that may be killed at any moment; the last words are what is given afterwards, until it is done. */
const commands: readonly (readonly string[])[] = [
  ['run', '--full-refresh'],
  ['run', '--select', 'sessions+', '--backfill', '2024-01-01..2024-01-31'],
  ['run', '--select', 'users', '--full-refresh'],
  ['seed'],
  ['destroy', 'users', 'sessions', 'page_views', 'base', '--yes'],
]

if (process.env['SESHAT_TEST_POSTGRES'])
  describe('a process that is killed', () => {
    let server: CrashServer
    let prepared: string
    const outputs = {
      type: 'postgres',
      host: "{{ env_var('CRASH_HOST') }}",
      port: "{{ env_var('CRASH_PORT') }}",
      user: 'postgres',
      database: "{{ env_var('CRASH_DATABASE') }}",
      sslmode: 'disable',
      threads: 1,
    }
    const profiles = JSON.stringify({ test: { target: 'dev', outputs: { dev: outputs } } })
    const project = corpusProject(corpus, profiles)
    project.write({
      'seeds/plans.csv': `id,name\n${Array.from({ length: 500 }, (_, i) => `${i},p${i}`).join('\n')}\n`,
    })
    const { directory } = project
    const way = (database: string): NodeJS.ProcessEnv => {
      const { host, port } = server.through(database)
      return { CRASH_HOST: host, CRASH_PORT: String(port), CRASH_DATABASE: database }
    }
    const right = async (database: string, story: string, of = corpus): Promise<void> => {
      const looking = server.look(database)
      await assertRight(looking, of, story)
      await looking.close()
    }
    const succeed = async (words: readonly string[], database: string, story: string): Promise<void> => {
      const { code, stdout, stderr } = await runUnlocked(words, directory, way(database))
      assert.equal(code, 0, `${story}, then ${words.join(' ')}:\n${stdout}${stderr}`)
    }
    /** A database with the events of all loads, all but the last of them read. */
    const prepare = async (): Promise<string> => {
      const database = await server.create()
      const looking = server.look(database)
      await createAtomic(looking)
      for (const [index, load] of corpus.loads.entries()) {
        await loadAtomic(looking, load)
        if (index < corpus.loads.length - 1) await succeed(['run'], database, 'before')
      }
      await looking.close()
      await server.settled(database)
      return database
    }

    before(async () => {
      server = await startCrashServer()
      prepared = await prepare()
    })
    after(() => server.remove())

    /** A run of the command line that is cut off there; gives how it ended. */
    const cutOff = async (database: string, cut: (kill: () => void) => Cut, words = ['run']) => {
      let kill = (): void => undefined
      server.proxy.plan(
        database,
        cut(() => kill()),
      )
      const started = start(words, directory, way(database))
      kill = () => void started.process.kill('SIGKILL')
      return started.ended.finally(() => server.proxy.plan(database))
    }

    test('at a statement: SIGKILL, a connection that is cut, a server that stops; the next run ends right', async t => {
      const first = await server.create(prepared)
      server.proxy.plan(first)
      await succeed(['run'], first, 'undisturbed')
      const statements = server.proxy.counted(first)
      await right(first, 'undisturbed')
      const all = Array.from({ length: statements }, (_, at) => at)
      // What only a whole process has: connecting, the lock, the report.
      const ends = all.filter(at => at < 16 || at >= statements - 12)
      const picked = [
        ...new Set([...sampleOf(ends, amount(2, 8, Infinity)), ...sampleOf(all, amount(2, 8, Infinity))]),
      ]
      let tried = 0
      for (const at of picked)
        for (const when of ['before', 'answered'] as const) {
          const how = (at % 2 === 0) === (when === 'before') ? 'SIGKILL' : 'cut'
          const story = `${how} ${when} statement ${at} of ${statements}, seed ${seed}`
          const database = await server.create(prepared)
          const { code, said } = await cutOff(database, kill => ({
            at,
            when,
            ...(how === 'SIGKILL' ? { first: kill } : {}),
          }))
          if (how === 'SIGKILL') assert.equal(code, null, `${story}: ${said}`)
          assert.doesNotMatch(said, /\n {4}at /, story)
          await succeed(['run'], database, story)
          await right(database, story)
          await server.settled(database)
          await server.drop(database)
          tried += 1
        }
      for (const at of sampleOf(all.slice(10), amount(1, 2, 20))) {
        const story = `the server stops before statement ${at}, seed ${seed}`
        const database = await server.create(prepared)
        const { said } = await cutOff(database, () => ({
          at,
          when: 'before',
          first: () => server.cluster.crash(),
        }))
        assert.doesNotMatch(said, /\n {4}at /, story)
        await server.startAgain()
        await succeed(['run'], database, story)
        await right(database, story)
        tried += 1
      }
      t.diagnostic(`${tried} faults in runs of ${statements} statements, seed ${seed}`)
    })

    for (const words of sampleOf(commands, amount(2, Infinity, Infinity)))
      test(`${words.join(' ')}: killed at random moments and given again, it ends well`, async () => {
        const from = random(seed)
        const story = `${words.join(' ')}, seed ${seed}`
        const database = await server.create(prepared)
        // Tables of the whole project, for what reads them.
        await succeed(['run'], database, story)
        const begun = performance.now()
        await succeed(words, database, story)
        const took = performance.now() - begun
        for (let kills = amount(1, 2, 20); kills > 0; kills -= 1) {
          const { process, ended } = start(words, directory, way(database))
          await sleep(took * (0.3 + 0.7 * from.next()))
          process.kill('SIGKILL')
          await ended
        }
        await succeed(words, database, story)
        await succeed(['run', '--until-caught-up'], database, story)
        await right(database, story)
        await server.settled(database)
        await server.drop(database)
      })

    test('retry: killed too, what it has not done is done by the next one', async () => {
      const database = await server.create(prepared)
      const story = `retry, seed ${seed}`
      await cutOff(database, kill => ({ at: random(seed).int(60, 300), when: 'before', first: kill }))
      const killed = await cutOff(database, kill => ({ at: 40, when: 'answered', first: kill }), ['retry'])
      assert.equal(killed.code, null, `${story}: ${killed.said}`)
      await succeed(['retry'], database, story)
      await succeed(['run'], database, story)
      await right(database, story)
    })

    test('random moments: killed again and again while events arrive, no row is lost or doubled', async t => {
      const from = random(seed)
      const database = await server.create()
      const looking = server.look(database)
      await createAtomic(looking)
      const given = [['run'], ['run', '--until-caught-up'], ['build'], ['run', '--threads', '4'], ['retry']]
      let kills = 0
      let took = 4000
      for (const load of longer.loads) {
        await loadAtomic(looking, load)
        for (let left = amount(2, 4, 25); left > 0; left -= 1) {
          const words = from.pick(given)
          const begun = performance.now()
          const { process, ended } = start(words, directory, way(database))
          const done = ended.then(() => 'done' as const)
          if ((await Promise.race([done, sleep(took * from.next())])) === 'done')
            took = performance.now() - begun
          process.kill('SIGKILL')
          await ended
          kills += 1
        }
      }
      await succeed(['run', '--until-caught-up'], database, `seed ${seed}`)
      await assertRight(looking, longer, `${kills} kills, seed ${seed}`)
      await looking.close()
      t.diagnostic(`${kills} kills at random moments, seed ${seed}`)
    })
  })
