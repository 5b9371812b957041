// seshat unlock: says who holds the locks of this project's tables, and takes them away from runs that will not give them
// back, after asking.

import { hostname } from 'node:os'
import { pid } from 'node:process'
import type { Locks } from '../../adapters/held_lock.js'
import { applicationName } from '../../adapters/locked.js'
import { fail } from '../diagnostics.js'
import { confirmed } from './ask.js'
import { openProfile } from './open_profile.js'
import {
  type CommandContext,
  type CommonOptions,
  lockKeys,
  openProject,
  untilInterrupted,
} from './session.js'

export interface UnlockOptions extends CommonOptions {
  readonly yes?: boolean
}

/** @returns 0: nobody holds a lock any more, or `--dry-run` */
export async function unlockCommand(options: UnlockOptions, context: CommandContext): Promise<number> {
  const { reporter, signal } = context
  const project = openProject(options)
  const { adapter, connection } = openProfile(project, options, reporter)
  const place = adapter.describe(connection)
  reporter.waiting(`opening ${place}`)
  const connecting = adapter.locks(
    connection,
    { projectDirectory: project.directory, application: applicationName('unlock', hostname(), pid) },
    lockKeys(project),
  )
  const locks = await untilInterrupted(connecting, signal)
  try {
    return await unlock(locks, place, options, context)
  } finally {
    await locks.close()
  }
}

async function unlock(
  locks: Locks,
  place: string,
  { yes, dryRun }: UnlockOptions,
  { reporter, signal }: CommandContext,
): Promise<number> {
  const { held, consequence } = locks
  const holders = held.map(({ lock, who, since, state }) => ({ lock, who, since, state }))
  if (held.length === 0) {
    reporter.answer(`Nobody holds a lock on the tables of this project: ${place}.`, 'locks', { holders })
    return 0
  }
  const lines = held.map(({ lock, who, since, state }) => `  ${lock}: ${who}, since ${since}${notes[state]}`)
  reporter.answer(`Locked, ${place}:\n${lines.join('\n')}`, 'locks', { holders })
  if (dryRun) return 0
  if (locks.refusal) throw locks.refusal
  if (held.some(({ state }) => state === 'held')) {
    reporter.say(
      `${consequence} Runs of your own are better ended where they run, with Ctrl-C.`,
      'consequence',
    )
    if (!yes && !(await confirmed('Take the lock away?', signal)))
      fail('not-confirmed', 'nothing was unlocked', { hint: 'Answer yes, or give --yes.' })
  }
  await locks.free()
  reporter.answer('Unlocked.', 'unlocked', { holders })
  return 0
}

const notes = { held: '', gone: '; it is gone: the next run would take the lock over' } as const
