// What the main thread and the worker of the embedded database say to each other: one request, one reply.
// The worker speaks first: `opened`, or `broken` when the directory cannot be used.

import type { QueryResult } from '../driver.js'
import type { ServerError } from '../statement_fault.js'

/** A directory, or the memory of the thread: then with what another database had in it (an uncompressed tar), or empty. */
export type DatabasePlace =
  | { readonly directory: string }
  | { readonly image: Uint8Array<ArrayBuffer> | undefined }

export type Request =
  | { readonly sql: string; readonly parameters: readonly (string | null)[] }
  | { readonly close: true }
  | { readonly dump: true }

export type Reply =
  | { readonly opened: true }
  | { readonly closed: true }
  | { readonly image: Uint8Array<ArrayBuffer> }
  | { readonly answer: QueryResult }
  /** The statement failed, the database is well. */
  | { readonly refused: ServerError }
  /** The database is of no use any longer. */
  | { readonly broken: string }
