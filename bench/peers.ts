// The tools that are measured against: installed into bench/peers when a benchmark first needs them.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { benchDirectory } from './frame/directory.js'

const peersDirectory = join(benchDirectory, 'peers')

/** Where the packages of the peers lie. */
export const peerPackages = join(peersDirectory, 'node_modules')

/** The script that `dataform` runs. @throws Error where it cannot be installed */
export function dataformScript(say: (line: string) => void): string {
  const script = join(peerPackages, '@dataform/cli/bundle.js')
  if (!existsSync(script)) {
    say('  npm ci in bench/peers')
    const { status, stderr } = spawnSync('npm', ['ci', '--prefix', peersDirectory], {
      cwd: peersDirectory,
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`npm ci in bench/peers ended with ${status}: ${stderr}`)
  }
  return script
}

/** The versions to which results are recorded. */
export const dataformVersion = '3.0.56'
