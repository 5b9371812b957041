// What the operating system refuses -> a diagnostic: a disk that is full, a folder that may not be written, a file that is gone.

import { type Diagnostic, error } from './diagnostics.js'

/** An error of Node that carries what the system said. */
export const isSystemError = (cause: unknown): cause is NodeJS.ErrnoException =>
  cause instanceof Error && 'syscall' in cause && 'code' in cause

/** Of what nobody nearer to it has put into words. */
export const systemFault = (cause: NodeJS.ErrnoException): Diagnostic =>
  cause.syscall === 'uv_cwd'
    ? error('system-error', 'the folder that this was started in is gone', {
        cause: cause.message,
        hint: 'Go to a folder that is there.',
      })
    : error('system-error', `the system refuses${cause.path === undefined ? '' : `: ${cause.path}`}`, {
        cause: cause.message,
        hint: 'Correct what the cause says: rights, room on the disk, or a path that is gone.',
      })
