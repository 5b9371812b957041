// The driver of Redshift against a Postgres server with Redshift's functions: the contract of all drivers, and the lease
// that takes the place of an advisory lock.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Driver } from '../adapters/driver.js'
import { connectPostgres, type PostgresConnection } from '../adapters/postgres/driver.js'
import { connectRedshift } from '../adapters/redshift/driver.js'
import { driverContract } from './driver_contract.js'
import { codeOf, faultsOf, schema } from './driver_fixtures.js'
import { redshiftEmulation } from './emulation/redshift.js'

const realServer = process.env['SESHAT_TEST_POSTGRES']
if (realServer) {
  const url = new URL(realServer)
  const server: PostgresConnection = {
    host: url.hostname,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password) || undefined,
    database: url.pathname.slice(1),
  }
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

    driverContract('redshift', () => open(), { survivesCancel: true })

    test('lock: all or none, and the fault says who holds it since when', async () => {
      const [first, second, third] = await Promise.all([open('seshat run host:1'), open(), open()])
      const lock = await first.lock([key('b')], 'run')
      const fault = await faultsOf(second.lock([key('a'), key('b'), key('c')], 'run'))
      assert.equal(fault.exitCode, 3)
      assert.equal(codeOf(fault), 'locked')
      assert.match(fault.message, /seshat run host:1, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d/)
      await (await third.lock([key('a'), key('c')], 'run')).release()
      await lock.release()
      await (await second.lock([key('a'), key('b')], 'run')).release()
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

    test('lock: one that lapsed is taken over, and who lost it cannot commit', async () => {
      const [first, second] = await Promise.all([open(), open()])
      await first.lock([key('lapsing')], 'run')
      await first.execute(`create table ${key('').schema}.kept (a int)`)
      await second.execute(`update ${key('').schema}.seshat_lease_lapsing set expires = '2000-01-01'`)
      await second.lock([key('lapsing')], 'run')
      const work = first.transaction(() => first.execute(`insert into ${key('').schema}.kept values (1)`))
      assert.equal(codeOf(await faultsOf(work)), 'lock-lost')
      assert.deepEqual((await first.execute(`select * from ${key('').schema}.kept`)).rows, [])
      await second.transaction(() => second.execute(`insert into ${key('').schema}.kept values (2)`))
      assert.deepEqual((await second.execute(`select * from ${key('').schema}.kept`)).rows, [[2]])
    })
  })
}
