// node dist/bench/main.js [names of benchmarks] [--repeats 5] [--record]: runs them all by default. For people, a table and what has
// changed since the recorded results, on standard error; the findings as JSON on standard output.

import { argv, stderr, stdout } from 'node:process'
import { parseArgs } from 'node:util'
import type { Benchmark } from './frame/finding.js'
import { asRecorded, changes, record } from './frame/results.js'
import { findingsTable } from './frame/table.js'

/** A benchmark is loaded when it runs. */
const benchmarks: Readonly<Record<string, () => Promise<Benchmark>>> = {
  run: async () => (await import('./run.js')).runBenchmark,
  incremental: async () => (await import('./incremental.js')).incrementalBenchmark,
  compile: async () => (await import('./compile.js')).compileBenchmark,
  startup: async () => (await import('./startup.js')).startupBenchmark,
}

const { values, positionals } = parseArgs({
  args: argv.slice(2),
  allowPositionals: true,
  options: { repeats: { type: 'string', default: '5' }, record: { type: 'boolean', default: false } },
})
const names = positionals.length > 0 ? positionals : Object.keys(benchmarks)
const say = (line: string): void => void stderr.write(`${line}\n`)

const findings = []
for (const name of names) {
  const load = benchmarks[name]
  if (!load) throw new Error(`there is no benchmark ${name}: ${Object.keys(benchmarks).join(', ')}`)
  say(`${name}:`)
  const benchmark = await load()
  findings.push(...(await benchmark({ repeats: Number(values.repeats), say })))
}

say(`\n${findingsTable(findings, stderr.columns ?? 160).join('\n')}\n`)
for (const line of changes(findings)) say(line)
if (values.record) record(findings)
stdout.write(`${JSON.stringify(asRecorded(findings), null, 2)}\n`)
