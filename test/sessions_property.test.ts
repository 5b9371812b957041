// Sessions and users against the oracle, whatever is staged and in whatever order their steps run. More seeds than the
// default: SESHAT_TEST_SEEDS=300, or SESHAT_TEST_SEEDS=17..17 for those of a failure.

import { after, before, describe, test } from 'node:test'
import type { Driver } from '../adapters/driver.js'
import { connectTo } from './module_runs.js'
import { walk } from './sessions_walk.js'
import { databases, sessionsAndUsers, type TestDatabase, temporaryProject } from './support.js'
import { seedsOf } from './test_seeds.js'

const steps = 11

for (const { name, open } of databases) {
  describe(`sessions and users by the oracle on ${name}`, () => {
    let database: TestDatabase
    // Here, since what `before` registers to run after all tests runs after `before`.
    const project = temporaryProject({ 'seshat.yml': `name: t\nprofile: test\n${sessionsAndUsers}` })
    let driver: Driver
    before(async () => {
      database = await open()
      driver = await connectTo(database)
    })
    after(async () => {
      await driver.close()
      await database.close()
    })

    for (const seed of seedsOf(process.env['SESHAT_TEST_SEEDS'] ?? '12')) {
      test(`law: after every step of a walk all rows are the oracle's, seed ${seed}`, () =>
        walk(database, project, driver, seed, steps))
    }
  })
}
