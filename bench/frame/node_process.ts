// A command of node in, what the whole process cost out, with that of the processes it starts: each of them tells its own use of
// processor and memory at its end, through usage.cjs.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env, execPath } from 'node:process'
import { benchDirectory } from './directory.js'
import type { Sample } from './sample.js'

interface Usage {
  readonly userCPUTime: number
  readonly systemCPUTime: number
  readonly maxRSS: number
}

/**
 * @param args what stands behind `node`
 * @param cwd the folder in which it runs
 * @throws Error where it does not end with 0, with what it wrote
 */
export function nodeProcess(args: readonly string[], cwd: string): Sample {
  const told = mkdtempSync(join(tmpdir(), 'seshat-bench-usage-'))
  try {
    const begin = performance.now()
    const { status, stderr, stdout } = spawnSync(execPath, [...args], {
      cwd,
      env: {
        ...env,
        NODE_OPTIONS: `--require=${join(benchDirectory, 'frame/usage.cjs')}`,
        BENCH_USAGE: told,
      },
      maxBuffer: 2 ** 30,
    })
    const seconds = (performance.now() - begin) / 1000
    if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`)
    const usages = readdirSync(told).map(file => JSON.parse(readFileSync(join(told, file), 'utf8')) as Usage)
    return {
      seconds,
      cpu: usages.reduce((sum, { userCPUTime, systemCPUTime }) => sum + userCPUTime + systemCPUTime, 0) / 1e6,
      peak: Math.max(...usages.map(({ maxRSS }) => maxRSS)) / 1024,
    }
  } finally {
    rmSync(told, { recursive: true })
  }
}
