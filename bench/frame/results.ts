// Findings -> bench/results.json and back, and what has changed since the ones that stand there. Ratios are compared, not times:
// they are nearly the same on another machine.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { version } from 'node:process'
import { benchDirectory } from './directory.js'
import { type Finding, resultOf } from './finding.js'

interface Machine {
  readonly processors: string
  readonly memory: string
  readonly system: string
  readonly node: string
}

/** A finding with the machine it was made on: benchmarks are recorded one by one. */
type Recorded = Finding & { readonly result: number; readonly machine: Machine }

const resultsFile = join(benchDirectory, 'results.json')

const machine = (): Machine => ({
  processors: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
  memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  system: `${process.platform} ${release()}`,
  node: version,
})

export const asRecorded = (findings: readonly Finding[]): readonly Recorded[] =>
  findings.map(finding => ({ ...finding, result: rounded(resultOf(finding)), machine: machine() }))

const recordedResults = (): readonly Recorded[] =>
  existsSync(resultsFile) ? (JSON.parse(readFileSync(resultsFile, 'utf8')) as readonly Recorded[]) : []

/** Takes the place of what was recorded under the same names; the others stay. */
export function record(findings: readonly Finding[]): void {
  const byName = new Map(recordedResults().map(finding => [finding.name, finding]))
  for (const finding of asRecorded(findings)) byName.set(finding.name, finding)
  const sorted = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  writeFileSync(resultsFile, `${JSON.stringify(sorted, null, 2)}\n`)
}

/** By how much a result may differ from the recorded one before it counts as changed: machines are never quite at rest. */
const noise = 0.15

/** A line for each result that has changed, and for each that was not recorded before. */
export function changes(findings: readonly Finding[]): readonly string[] {
  const before = new Map(recordedResults().map(finding => [finding.name, finding.result]))
  return findings.flatMap(finding => {
    const result = resultOf(finding)
    const old = before.get(finding.name)
    if (old === undefined) return [`${finding.name}: not recorded before`]
    if (Math.abs(result - old) <= noise * Math.abs(old)) return []
    return [`${finding.name}: ${result > old ? 'worse' : 'better'}, ${rounded(old)} -> ${rounded(result)}`]
  })
}

const rounded = (value: number): number => Number(value.toPrecision(3))
