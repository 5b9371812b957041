// The driver of the embedded database: Postgres as WASM on a directory, in a thread of this process. One
// process at a time has the whole directory, so locks within it are granted as soon as they are asked for.

import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { Faults } from '../../compiler/diagnostics.js'
import { packageDirectory } from '../../compiler/source_file.js'
import type { Driver, Lock, LockKey, QueryResult } from '../driver.js'
import { lockLost } from '../lock_lost.js'
import { loadRows } from '../postgres/driver_load.js'
import { sessionSettings } from '../postgres/session_settings.js'
import { type LoadRows, Session } from '../session.js'
import { connectionLost, statementCancelled, statementFault } from '../statement_fault.js'
import { finishDirectory, makeDirectory, prepareDirectory, unreadable } from './directory.js'
import { type DirectoryLock, lockDirectory } from './lock.js'
import type { DatabasePlace, Reply, Request } from './messages.js'

/** Postgres needs 2 MB by its own count, and more of V8's: with the default of 4 MB it dies instead of refusing. */
const stackSizeMb = 32
const closeMillis = 10_000
/** Of another machine's silence of a minute somebody may have made use. */
const doubtMillis = 30_000

/**
 * Opens the database in the directory `path`, which is made where it is missing.
 * @param application shown to others who find the directory locked, such as `seshat run host:4711`
 * @param signal gives the directory back when it aborts before the database is open
 * @throws Faults `locked` (exit code 3), `embedded-unreadable` (2)
 */
export async function connectEmbedded(
  path: string,
  application: string,
  signal?: AbortSignal,
): Promise<Driver> {
  const directory = makeDirectory(path)
  const driver = new EmbeddedDriver(
    directory,
    takeLock(directory, application, () => driver.abandon()),
  )
  const giveBack = (): void => void driver.close()
  signal?.addEventListener('abort', giveBack)
  try {
    const isNew = prepareDirectory(directory)
    await driver.open({ directory, isNew })
    finishDirectory(directory)
    return driver
  } catch (reason) {
    await driver.close()
    throw reason
  } finally {
    signal?.removeEventListener('abort', giveBack)
  }
}

/**
 * An empty database in memory, gone when it is closed.
 * @throws Faults `embedded-unreadable` where it does not start
 */
export async function connectMemory(): Promise<Driver> {
  const driver = new EmbeddedDriver('in memory', undefined)
  try {
    await driver.open('memory')
    return driver
  } catch (reason) {
    await driver.close()
    throw reason
  }
}

function takeLock(directory: string, application: string, onLost: () => void): DirectoryLock {
  try {
    return lockDirectory(directory, application, onLost)
  } catch (reason) {
    if (reason instanceof Faults) throw reason
    const hint = 'The file system has to allow hard links, and this user to write next to the directory.'
    throw unreadable(`The directory ${directory} cannot be locked.`, String(reason), hint)
  }
}

interface Pending {
  resolve(reply: Reply): void
  reject(reason: Faults): void
  readonly sql: string
}

const takenOver = (directory: string): string =>
  `Another machine has taken over ${directory}: this process was not heard of for too long.`

const ownSettings: readonly (readonly [name: string, value: string])[] = [
  // There is one session, which has the machine's memory to itself: sorts and groupings of a million rows need not go to files.
  ['work_mem', '64MB'],
  // Its pages come from memory or a disk without heads: a page out of order costs little more than the next.
  ['random_page_cost', '1.1'],
]

class EmbeddedDriver extends Session {
  protected readonly loadRows: LoadRows = loadRows
  #worker: Worker | undefined
  #pending: Pending | undefined
  #lost: string | undefined
  #closed: Promise<void> | undefined

  constructor(
    private readonly directory: string,
    private readonly directoryLock: DirectoryLock | undefined,
  ) {
    super()
  }

  async open(place: DatabasePlace): Promise<void> {
    const worker = new Worker(join(packageDirectory, 'dist/adapters/embedded/worker.js'), {
      workerData: place,
      resourceLimits: { stackSizeMb },
      // What PGlite prints would end up in ours; `resume` so that it does not pile up.
      stdout: true,
      stderr: true,
    })
    worker.stdout.resume()
    worker.stderr.resume()
    worker.on('message', (reply: Reply) => this.#settle(pending => pending.resolve(reply)))
    worker.on('error', reason => this.#lose(String(reason).slice(0, 300)))
    worker.on('exit', () => this.#lose('The thread of the embedded database ended.'))
    this.#worker = worker
    const reply: Reply = await this.#reply('').catch(reason => ({ broken: String(reason) }))
    if ('broken' in reply) {
      const hint =
        'Move the directory away to start with an empty database, or open it with the version that made it.'
      throw unreadable(`The embedded database ${this.directory} cannot be opened.`, reply.broken, hint)
    }
    const settings = [...sessionSettings, ...ownSettings]
    const calls = settings.map((_, i) => `set_config($${2 * i + 1}, $${2 * i + 2}, false)`)
    await this.execute(`select ${calls.join(', ')}`, settings.flat())
  }

  protected async send(sql: string, parameters: readonly (string | null)[]): Promise<QueryResult> {
    if (this.#closed) throw connectionLost('The driver is closed.', false)
    if (this.#lost !== undefined) throw connectionLost(this.#lost, false)
    const reply = this.#reply(sql)
    this.#tell({ sql, parameters })
    return this.#answer(await reply, sql)
  }

  async #answer(reply: Reply, sql: string): Promise<QueryResult> {
    if ('answer' in reply) return reply.answer
    if ('refused' in reply) throw statementFault(reply.refused, sql, false)
    const cause = 'broken' in reply ? reply.broken : 'Unexpected reply of the worker.'
    await this.#end(cause)
    throw connectionLost(cause, false, 'The embedded database stopped in this statement.')
  }

  /** Every lock is ours already, with the directory's. */
  async lock(_keys: readonly LockKey[], _purpose: string): Promise<Lock> {
    const check = async (): Promise<void> => {
      if (this.#lost !== undefined || this.#closed)
        throw connectionLost(this.#lost ?? 'The driver is closed.', false)
      if (this.directoryLock?.isOurs() === false) {
        this.abandon()
        throw lockLost(takenOver(this.directory))
      }
    }
    await check()
    return {
      check,
      mayHaveLapsed: () => (this.directoryLock?.silence() ?? 0) > doubtMillis,
      release: async () => undefined,
    }
  }

  /** WASM cannot be interrupted: the thread is ended, as a crash would. What was committed is on disk. */
  async cancel(): Promise<void> {
    const pending = this.#pending
    if (pending === undefined) return
    this.#pending = undefined
    await this.#end('The embedded database was ended to cancel a statement.')
    pending.reject(statementCancelled(pending.sql))
  }

  /** The directory belongs to another process now. */
  abandon(): void {
    void this.#end(takenOver(this.directory))
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    if (this.#worker !== undefined && this.#lost === undefined && this.#pending === undefined) {
      const reply = this.#reply('').catch(() => undefined) // ended below in any case
      this.#tell({ close: true })
      let timer: NodeJS.Timeout | undefined
      const timeout = new Promise(resolve => {
        timer = setTimeout(resolve, closeMillis)
      })
      await Promise.race([reply, timeout])
      clearTimeout(timer)
    }
    await this.#end('The driver is closed.')
    this.directoryLock?.release()
  }

  /** Resolves when the thread writes no more. Never throws. */
  async #end(why: string): Promise<void> {
    this.#lost ??= why
    await this.#worker?.terminate()
    this.#lose(why)
  }

  #lose(why: string): void {
    this.#lost ??= why
    this.#settle(pending => pending.reject(connectionLost(why, false)))
  }

  #reply(sql: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject, sql }
    })
  }

  #settle(how: (pending: Pending) => void): void {
    const pending = this.#pending
    this.#pending = undefined
    if (pending) how(pending)
  }

  #tell(request: Request): void {
    this.#worker?.postMessage(request)
  }
}
