// What is the Redshift driver's own: the lease that takes the place of an advisory lock, when several want it at once. They
// need a server with several sessions, which PGlite is not.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Driver } from '../adapters/driver.js'
import { connectPostgres } from '../adapters/postgres/driver.js'
import { connectRedshift } from '../adapters/redshift/driver.js'
import { codeOf, faultsOf, schema } from './driver_fixtures.js'
import { connectionFrom } from './driver_servers.js'
import { redshiftEmulation } from './emulation/redshift.js'

const realServer = process.env['SESHAT_TEST_POSTGRES']
if (realServer) {
  const server = connectionFrom(new URL(realServer))
  const database = `seshat_redshift_${process.pid}`
  const opened: Driver[] = []
  const open = async (application = 'seshat test'): Promise<Driver> => {
    const driver = await connectRedshift({ ...server, database }, application)
    opened.push(driver)
    return driver
  }
  const asAdmin = async (...statements: readonly string[]): Promise<void> => {
    const driver = await connectPostgres(server, 'seshat tests')
    for (const sql of statements) await driver.execute(sql)
    await driver.close()
  }
  const key = (name: string) => ({ schema: `${schema}_lease`, name })

  describe('redshift', () => {
    before(async () => {
      await asAdmin(`create database ${database}`)
      const driver = await open()
      for (const sql of redshiftEmulation.setUp) await driver.execute(sql)
      await driver.close()
    })
    after(async () => {
      await Promise.all(opened.map(driver => driver.close()))
      await asAdmin(`drop database ${database} with (force)`)
    })

    test('lock: of many that want it at once exactly one gets it', async () => {
      for (let round = 0; round < 5; round += 1) {
        const drivers = await Promise.all(Array.from({ length: 8 }, () => open()))
        const outcomes = await Promise.allSettled(
          drivers.map(driver => driver.lock([key(`race${round}`)], 'run')),
        )
        assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
        for (const outcome of outcomes)
          if (outcome.status === 'rejected') assert.equal(codeOf(outcome.reason), 'locked')
        await Promise.all(drivers.map(driver => driver.close()))
      }
    })

    test('lock: one that lapsed is taken over, and who lost it is told before it commits', async () => {
      const [first, second] = await Promise.all([open(), open()])
      const table = `${key('').schema}.kept`
      const lock = await first.lock([key('lapsing')], 'run')
      await first.execute(`create table ${table} (a int)`)
      await second.execute(`update ${key('').schema}.seshat_lease_lapsing set expires = '2000-01-01'`)
      const taken = await second.lock([key('lapsing')], 'run')
      const work = first.transaction(async () => {
        await first.execute(`insert into ${table} values (1)`)
        await lock.check(first)
      })
      assert.equal(codeOf(await faultsOf(work)), 'lock-lost')
      assert.deepEqual((await first.execute(`select * from ${table}`)).rows, [])
      await second.transaction(async () => {
        await second.execute(`insert into ${table} values (2)`)
        await taken.check(second)
      })
      assert.deepEqual((await second.execute(`select * from ${table}`)).rows, [[2]])
    })
  })
}
