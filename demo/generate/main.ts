// The command that writes the demo's sample data: `node dist/demo/generate/main.js page-views` or `events`.
// The same seed gives the same bytes, on every machine and at all times.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { eventFiles } from './events.js'
import { pageViewsCsv } from './page_views.js'
import { defaultSeed } from './random.js'

const usage = `usage: node dist/demo/generate/main.js page-views|events [--out demo/seeds] [--seed ${defaultSeed}]`

/** File name to text, or undefined where there is no such data. */
function filesOf(data: string | undefined, seed: number): Readonly<Record<string, string>> | undefined {
  if (data === 'page-views') return { 'page_views_staged.csv': pageViewsCsv(seed) }
  if (data !== 'events') return undefined
  const { events, webPages } = eventFiles(seed)
  return { 'events.csv': events, 'com_snowplowanalytics_snowplow_web_page_1.csv': webPages }
}

const { values, positionals } = parseArgs({
  strict: false,
  options: {
    out: { type: 'string', default: 'demo/seeds' },
    seed: { type: 'string', default: String(defaultSeed) },
  },
})
const { out, seed, ...unknown } = values
const understood = positionals.length === 1 && Object.keys(unknown).length === 0 && /^\d+$/.test(String(seed))
const files = understood && typeof out === 'string' ? filesOf(positionals[0], Number(seed)) : undefined
if (!files) {
  console.error(usage)
  process.exitCode = 2
}
for (const [name, text] of Object.entries(files ?? {})) {
  const path = join(String(out), name)
  mkdirSync(String(out), { recursive: true })
  writeFileSync(path, text)
  console.log(`${path}: ${Buffer.byteLength(text)} bytes`)
}
