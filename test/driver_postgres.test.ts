// What is the Postgres driver's own on a real server: what it sets its session to, and who else ends it.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { after, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Driver } from '../adapters/driver.js'
import { connectPostgres, type PostgresConnection } from '../adapters/postgres/driver.js'
import { codeOf, faultsOf, schema } from './driver_fixtures.js'
import { connectionFrom } from './driver_servers.js'

const realServer = process.env['SESHAT_TEST_POSTGRES']
if (realServer) {
  const connection = connectionFrom(new URL(realServer))
  const opened: Driver[] = []
  const open = async (more: Partial<PostgresConnection> = {}, application = 'seshat test') => {
    const driver = await connectPostgres({ ...connection, ...more }, application)
    opened.push(driver)
    return driver
  }
  // Also what a failed test left open, or this process would not end.
  after(() => Promise.all(opened.map(driver => driver.close())))

  describe('postgres server', () => {
    test('lock: is free soon after its holder was killed in the middle of a statement', async () => {
      const script = `
        import { connectPostgres } from ${JSON.stringify(new URL('../adapters/postgres/driver.js', import.meta.url))}
        const driver = await connectPostgres(${JSON.stringify(connection)}, 'seshat killed')
        await driver.lock([{ schema: '${schema}', name: 'killed' }], 'run')
        driver.execute('select pg_sleep(60)')
        console.log('holds')`
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await new Promise(resolve => child.stdout.once('data', resolve))
      const driver = await open()
      assert.match(
        (await faultsOf(driver.lock([{ schema, name: 'killed' }], 'run'))).message,
        /seshat killed/,
      )
      await pause(200)
      child.kill('SIGKILL')
      const killed = Date.now()
      for (;;) {
        const taken = await driver.lock([{ schema, name: 'killed' }], 'run').then(
          () => true,
          () => false,
        )
        if (taken) break
        assert.ok(Date.now() - killed < 8000, 'still locked')
        await pause(200)
      }
      await driver.close()
    })

    test('connectPostgres: sets time zone, search path, role, timeouts and name', async () => {
      const name = `seshat ${'ż'.repeat(60)}`
      const driver = await open(
        { search_path: 'pg_catalog', role: 'pg_monitor', statement_timeout: 100 },
        name,
      )
      const { rows } = await driver.execute(
        `select current_setting('timezone'), current_setting('search_path'), current_user,
        current_setting('statement_timeout'), length(current_setting('application_name')) between 30 and 63`,
      )
      assert.deepEqual(rows, [['UTC', 'pg_catalog', 'pg_monitor', '100ms', true]])
      const fault = await faultsOf(driver.execute('select pg_sleep(10)'))
      assert.equal(codeOf(fault), 'statement-cancelled')
      assert.match(fault.message, /statement_timeout/)
      await driver.close()
      assert.equal(codeOf(await faultsOf(open({ role: 'no_such_role' }))), 'connection-failed')
      assert.equal(codeOf(await faultsOf(open({ database: 'no_such_database' }))), 'no-such-database')
    })

    test('execute: a session that the server ends is connection-lost', async () => {
      const [victim, killer] = await Promise.all([open(), open()])
      const pid = (await victim.execute('select pg_backend_pid()')).rows[0]?.[0]
      const running = faultsOf(victim.execute('select pg_sleep(30)'))
      await pause(100)
      await killer.execute(`select pg_terminate_backend(${pid})`)
      assert.equal(codeOf(await running), 'connection-lost')
      assert.equal(codeOf(await faultsOf(victim.execute('select 1'))), 'connection-lost')
      await Promise.all([victim.close(), killer.close()])
    })
  })
}
