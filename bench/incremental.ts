// One day of new events on top of 1,000,000 and of 5,000,000: cost should follow what is new, not what is there. And a run that
// finds nothing new.

import type { BenchContext, Finding } from './frame/finding.js'
import { interleaved, medianOf } from './frame/sample.js'
import { fillEvents, startWebServer } from './web_server.js'

const few = 30
const many = 150

export async function incrementalBenchmark({ repeats, say }: BenchContext): Promise<readonly Finding[]> {
  const server = await startWebServer()
  try {
    for (const days of [few, many]) {
      say(`  filling ${days} days, their first run, and the day after`)
      await server.fill(`after_${days}`, days)
      server.run(`after_${days}`)
      await server.on(`after_${days}`, driver => fillEvents(driver, days, days))
      await server.on(`after_${days}`, driver => driver.execute('vacuum analyze'))
    }
    const day = (days: number) => async () => {
      await server.copy(`after_${days}`, 'day')
      return server.run('day')
    }
    // After the day on top of the few: whatever runs next finds nothing.
    const nothing = () => server.run('nothing')
    await server.copy(`after_${few}`, 'nothing')
    server.run('nothing')
    const samples = await interleaved({ few: day(few), many: day(many), nothing }, repeats, say)
    return [
      {
        name: 'day-on-history',
        what: 'one day of new events on top of 5,000,000',
        unit: 's',
        median: medianOf(samples.many, 'seconds'),
        against: { what: 'on top of 1,000,000', median: medianOf(samples.few, 'seconds') },
        repeats,
        kind: 'ratio',
        target: 1.2,
      },
      {
        name: 'nothing-new',
        what: 'a run with nothing new',
        unit: 's',
        median: medianOf(samples.nothing, 'seconds'),
        repeats,
        kind: 'absolute',
        target: 2,
      },
      {
        name: 'nothing-new-statements',
        what: 'its statements',
        unit: 'statements',
        median: server.statements('nothing'),
        repeats: 1,
        kind: 'absolute',
        target: 39,
      },
    ]
  } finally {
    server.remove()
  }
}
