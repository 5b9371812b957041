// What the main thread and the worker of the embedded database say to each other: one request, one reply.
// The worker speaks first: `opened`, or `broken` when the directory cannot be used.

import type { QueryResult } from '../driver.js'
import type { ServerError } from '../statement_fault.js'

/** The memory of the thread, where it begins empty, or a directory. */
export type DatabasePlace = 'memory' | { readonly directory: string; readonly isNew: boolean }

export type Request =
  | { readonly sql: string; readonly parameters: readonly (string | null)[] }
  | { readonly close: true }

export type Reply =
  | { readonly opened: true }
  | { readonly closed: true }
  | { readonly answer: QueryResult }
  /** The statement failed, the database is well. */
  | { readonly refused: ServerError }
  /** The database is of no use any longer. */
  | { readonly broken: string }
