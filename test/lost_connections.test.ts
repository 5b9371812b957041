// A run on a Postgres server whose connections are cut on the way: it takes up what is left by itself, as often as --retries
// says, and ends in the rows of the events, also where the answer to a commit was lost. Each retry stands in the results.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createAtomic, loadAtomic } from './atomic_events.js'
import type { CommandResult } from './command_line.js'
import { type LossyProxy, lossyProxy } from './lossy_proxy.js'
import { connectionOf } from './module_runs.js'
import { webEvents } from './oracle/event_rows.js'
import { WEB_DEFAULTS, type WebVariables } from './oracle/web_data.js'
import { webModel } from './oracle/web_model.js'
import { type Results, resultsOf, textOf } from './run_results.js'
import { databases, type TestDatabase, temporaryProject } from './support.js'
import { assertWebTables, dropSchemas } from './web_tables.js'

const variables: WebVariables = { ...WEB_DEFAULTS, start_date: '2024-01-01', update_cadence_days: 365 }
const data = webEvents({ seed: 11, variables, sessions: 12, rates: { quiet: 0 } })
const expected = webModel(data, variables)

const server = databases.find(({ name }) => name === 'Postgres')
if (server)
  describe('lost connections', { timeout: 600_000 }, () => {
    let database: TestDatabase
    let proxy: LossyProxy
    const project = temporaryProject({
      'seshat.yml': `name: t\nprofile: test\nvars: ${JSON.stringify(variables)}\n`,
    })
    const run = (...words: readonly string[]): Promise<CommandResult> =>
      project.seshat('run', '--threads', '2', ...words)
    const retries = (): Results['retries'] => resultsOf(project).retries

    before(async () => {
      database = await server.open()
      await createAtomic(database)
      await loadAtomic(database, data)
      const { host, port, ...connection } = connectionOf(database)
      proxy = await lossyProxy(host, port)
      const dev = { ...connection, host: '127.0.0.1', port: proxy.port, sslmode: 'disable' }
      project.write({ 'profiles.yml': JSON.stringify({ test: { target: 'dev', outputs: { dev } } }) })
    })
    after(async () => {
      await proxy.stop()
      await database.close()
    })

    test('connecting: is tried again until it succeeds', async () => {
      await dropSchemas(database)
      proxy.refuse(2)
      const { code, stdout, stderr } = await run()
      assert.equal(code, 0, stdout + stderr)
      assert.match(stdout, /again connection, retry 2 of 3 in \d\.\ds: No connection with 127\.0\.0\.1/)
      assert.deepEqual(
        retries().map(({ what, number }) => `${what} ${number}`),
        ['connection 1', 'connection 2'],
      )
      await assertWebTables(database, expected, 'refused twice')
    })

    test('--retries 0: one refusal ends the command with 2', async () => {
      proxy.refuse(1)
      const { code, stderr } = await run('--retries', '0')
      assert.equal(code, 2)
      assert.match(stderr, /error\[connection-failed\]/)
    })

    const cuts: readonly (readonly [what: string, statement: RegExp, forwarded: boolean, which?: number])[] =
      [
        ['before the rows of page views', /insert into derived\.page_views/, false],
        ['when the rows of sessions were written', /insert into derived\.sessions/, true],
        ['with the answer to the first commit', /^P\0commit\0|\0commit\0/, true, 1],
        ['with the answer to a later commit', /\0commit\0/, true, 4],
        ['while the run is opened', /insert into scratch\.metadata_run_open/, true],
        ['while the run is closed', /drop table if exists scratch\.metadata_run_open/, false],
      ]
    for (const [what, statement, forwarded, which] of cuts) {
      test(`a connection that is lost ${what}: the run goes on with what is left, to the right rows`, async () => {
        await dropSchemas(database)
        const before = proxy.cuts
        proxy.cutAt(statement, { forwarded, ...(which === undefined ? {} : { which }) })
        const { code, stdout, stderr } = await run()
        assert.equal(proxy.cuts, before + 1, `it was not cut: ${stdout}`)
        assert.equal(code, 0, stdout + stderr)
        await assertWebTables(database, expected, what)
        // When all was done already there was nothing left to take up.
        if (what !== 'while the run is closed') {
          assert.deepEqual(
            retries().map(({ what: tried, number, most }) => ({ tried, number, most })),
            [{ tried: 'run', number: 1, most: 3 }],
          )
          assert.match(textOf(project, 'run_results.jsonl'), /^\{"event":"retry","run":\d,"what":"run"/m)
        }
        const next = await run()
        assert.equal(next.code, 0, next.stdout + next.stderr)
        await assertWebTables(database, expected, `${what}, the next run`)
      })
    }

    test('--retries 0: a lost connection ends the run with 1, and the next run ends right', async () => {
      await dropSchemas(database)
      proxy.cutAt(/insert into derived\.page_views/, { forwarded: true })
      const { code, stderr } = await run('--retries', '0')
      assert.equal(code, 1)
      assert.match(stderr, /error\[connection-lost\]/)
      const next = await run()
      assert.equal(next.code, 0, next.stdout + next.stderr)
      await assertWebTables(database, expected, 'the next run')
    })
  })
