// What `seshat compile` says of each target when its files are there.

import { join, relative } from 'node:path'
import { cwd } from 'node:process'
import type { Reporter } from '../reporter.js'

/** @param directory where what is compiled goes */
export function sayCompiled(reporter: Reporter, directory: string, target: string, steps: number): void {
  const folder = join(relative(cwd(), directory), 'compiled', target)
  reporter.say(`Compiled ${steps} ${steps === 1 ? 'step' : 'steps'} for ${target} to ${folder}`, 'compiled', {
    target,
    steps,
    folder,
  })
}
