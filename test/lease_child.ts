// A process of its own that holds a lease on the emulation of Redshift and writes in a transaction, which it ends when it is told
// to on its standard input. `<database> <schema> <table>`.

import { once } from 'node:events'
import type { Lock } from '../adapters/driver.js'
import { connectRedshift } from '../adapters/redshift/driver.js'
import { BatchRunner } from '../compiler/batch_runner.js'
import { Faults } from '../compiler/diagnostics.js'
import { connectionFrom } from './driver_servers.js'
import { quickRetries } from './module_runs.js'

const [, , database = '', schema = '', table = ''] = process.argv
const server = connectionFrom(new URL(process.env['SESHAT_TEST_POSTGRES'] ?? ''))
const driver = await connectRedshift({ ...server, database }, 'seshat run host:1')
const lock = await driver.lock([{ schema, name: 'output' }], 'run')
await driver.execute(`create table if not exists ${table} (a integer)`)
const told = once(process.stdin, 'data')
const paused: Pick<Lock, 'check' | 'mayHaveLapsed'> = {
  mayHaveLapsed: () => false,
  check: async committing => {
    console.log('in a transaction')
    await told
    await lock.check(committing)
  },
}
const runner = new BatchRunner(
  driver,
  { lock: paused, signal: new AbortController().signal, retries: quickRetries },
  'step',
)
const statements = [{ purpose: 'a row', sql: `insert into ${table} values (1)` }]
const code = await runner.run({ transaction: true, statements }).then(
  () => 0,
  (reason: unknown) => {
    console.error(reason instanceof Faults ? reason.message : reason)
    return 1
  },
)
process.exit(code)
