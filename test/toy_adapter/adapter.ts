// The entry of the invented warehouse, as it would stand in adapters/registry.ts.

import * as z from 'zod'
import type { Adapter } from '../../adapters/registry.js'
import { toyDialect } from './dialect.js'

const toyConnection = z.strictObject({ motto: z.string().optional() })

export const toy: Adapter = {
  name: 'toy',
  dialect: toyDialect,
  connection: toyConnection,
  oneConnection: true,
  connectSteps: ['database'],
  describe: connection => `toy ${toyConnection.parse(connection).motto ?? ''}`,
  async connect(_, { passed }) {
    const { connectToy } = await import('./driver.js')
    const driver = await connectToy()
    passed?.('database', 'a new one in memory')
    return driver
  },
  // One in memory is nobody else's.
  locks: async () => ({
    held: [],
    consequence: '',
    free: async () => undefined,
    close: async () => undefined,
  }),
}
