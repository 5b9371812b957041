// The command that writes the demo's events: `node dist/demo/generate/main.js`.
// The same seed gives the same bytes, on every machine and at all times.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { eventFiles } from './events.js'
import { defaultSeed } from './random.js'

const usage = `usage: node dist/demo/generate/main.js [--out demo/seeds] [--seed ${defaultSeed}]`

const { values, positionals } = parseArgs({
  strict: false,
  options: {
    out: { type: 'string', default: 'demo/seeds' },
    seed: { type: 'string', default: String(defaultSeed) },
  },
})
const { out, seed, ...unknown } = values
const understood = positionals.length === 0 && Object.keys(unknown).length === 0 && /^\d+$/.test(String(seed))
if (understood && typeof out === 'string') {
  const { events, webPages } = eventFiles(Number(seed))
  mkdirSync(out, { recursive: true })
  write(out, 'events.csv', events)
  write(out, 'com_snowplowanalytics_snowplow_web_page_1.csv', webPages)
} else {
  console.error(usage)
  process.exitCode = 2
}

function write(folder: string, name: string, text: string): void {
  const path = join(folder, name)
  writeFileSync(path, text)
  console.log(`${path}: ${Buffer.byteLength(text)} bytes`)
}
