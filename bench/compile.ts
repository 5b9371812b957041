// How long compiling takes, as a whole process: a thousand models against Dataform on the same graph, ten times as many against
// that, and once more after one file has changed.

import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { changeSeshatProject, writeDataformProject, writeSeshatProject } from './compile_projects.js'
import { repositoryDirectory } from './frame/directory.js'
import type { Benchmark } from './frame/finding.js'
import { nodeProcess } from './frame/node_process.js'
import { interleaved, medianOf, type Side } from './frame/sample.js'
import { dataformScript, dataformVersion, peerPackages } from './peers.js'

const models = 1_000
const moreModels = 10_000

const seshat = join(repositoryDirectory, 'dist/compiler/start_bundle.cjs')

export const compileBenchmark: Benchmark = async ({ repeats, say }) => {
  const dataform = dataformScript(say)
  const folder = mkdtempSync(join(tmpdir(), 'seshat-bench-compile-'))
  const [small, large, changing, peer] = ['small', 'large', 'changing', 'peer'].map(name =>
    join(folder, name),
  ) as [string, string, string, string]
  try {
    writeSeshatProject(small, models)
    writeSeshatProject(changing, models)
    writeSeshatProject(large, moreModels)
    writeDataformProject(peer, models, peerPackages)
    const compile = (project: string) =>
      nodeProcess([seshat, 'compile', '--adapter', 'postgres', '--project-dir', project], project)
    let moved = 0
    const cold =
      (project: string): Side =>
      () => {
        // Aside, not away: after thousands of files were deleted, making others took several times as long for a minute.
        const target = join(project, 'target')
        if (existsSync(target)) renameSync(target, join(folder, `target-${moved++}`))
        return compile(project)
      }
    let edition = 0
    const samples = await interleaved(
      {
        seshat: cold(small),
        dataform: () => nodeProcess([dataform, 'compile', '--json', '--timeout', '10m'], peer),
        'seshat after a change': () => {
          edition += 1
          changeSeshatProject(changing, models, edition)
          return compile(changing)
        },
        'seshat, 10,000 models': cold(large),
      },
      repeats,
      say,
    )
    const own = medianOf(samples.seshat, 'seconds')
    const cpu = medianOf(samples.seshat, 'cpu')
    return [
      {
        name: 'compile-cold',
        what: 'compile 1,000 models, cold',
        unit: 's',
        median: own,
        against: { what: `Dataform ${dataformVersion}`, median: medianOf(samples.dataform, 'seconds') },
        repeats,
        kind: 'ratio',
        target: 1 / 6,
      },
      {
        name: 'compile-cold-cpu',
        what: 'the same, time of the processor',
        unit: 's',
        median: cpu,
        against: { what: `Dataform ${dataformVersion}`, median: medianOf(samples.dataform, 'cpu') },
        repeats,
        kind: 'ratio',
        target: 1 / 6,
      },
      {
        name: 'compile-10000',
        what: 'compile 10,000 models, cold',
        unit: 's',
        median: medianOf(samples['seshat, 10,000 models'], 'seconds'),
        against: { what: '1,000 models', median: own },
        repeats,
        kind: 'ratio',
        target: 11,
      },
      {
        name: 'compile-10000-memory',
        what: 'the same, memory',
        unit: 'MB',
        median: medianOf(samples['seshat, 10,000 models'], 'peak'),
        repeats,
        kind: 'absolute',
        target: 600,
      },
      {
        name: 'compile-changed',
        what: 'compile 1,000 models, one changed',
        unit: 's',
        median: medianOf(samples['seshat after a change'], 'seconds'),
        against: { what: 'cold', median: own },
        repeats,
        kind: 'ratio',
        target: 1 / 3,
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
