// How long `seshat --version` and `--help` take beyond what node itself takes to do nothing.

import { join } from 'node:path'
import { repositoryDirectory } from './frame/directory.js'
import type { Benchmark, Finding } from './frame/finding.js'
import { nodeProcess } from './frame/node_process.js'
import { interleaved, medianOf, type Sample } from './frame/sample.js'

const seshat = join(repositoryDirectory, 'dist/compiler/start_bundle.cjs')

export const startupBenchmark: Benchmark = async ({ repeats, say }) => {
  const times = 3 * repeats
  const run =
    (...args: readonly string[]) =>
    () =>
      nodeProcess(args, repositoryDirectory)
  const samples = await interleaved(
    { node: run('-e', '0'), version: run(seshat, '--version'), help: run(seshat, '--help') },
    times,
    say,
  )
  const millis = (of: readonly Sample[]): number => medianOf(of, 'seconds') * 1000
  return (['version', 'help'] as const).map(
    (word): Finding => ({
      name: `startup-${word}`,
      what: `seshat --${word}`,
      unit: 'ms',
      median: millis(samples[word]),
      against: { what: 'node -e 0', median: millis(samples.node) },
      repeats: times,
      kind: 'difference',
      target: 60,
    }),
  )
}
