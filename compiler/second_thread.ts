// What another thread does for a compilation, where it has many models: it reads their selects while the graph and the plan are
// worked out, and writes compiled files while the manifest is. A thousand files take a while to make, most of it spent by the
// system, which a second processor can wait for.

import { join } from 'node:path'
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { type Select, type SelectState, SelectStates } from './select_state.js'
import { packageDirectory } from './source_file.js'
import { type TextFile, writeFolder } from './text_folder.js'

export interface SecondThread {
  /** Reads selects, for whoever asks for their states later. */
  readSelects(selects: readonly Select[], backslashEscapes: boolean): void
  /** Knows those that have been read by now, and reads all others. */
  selectStates(): SelectStates
  /** As writeFolder. @throws what the system says */
  write(folder: string, files: readonly TextFile[]): Promise<readonly string[]>
  /** Nothing can be written any more, and its memory is free. */
  close(): Promise<void>
}

/** What the other thread is told: of a folder in this order, of the files some, then others. */
export type ThreadTask =
  | { readonly kind: 'selects'; readonly selects: readonly Select[]; readonly backslashEscapes: boolean }
  | { readonly kind: 'begin'; readonly folder: string; readonly paths: readonly string[] }
  | { readonly kind: 'files'; readonly files: readonly TextFile[] }
  | { readonly kind: 'end' }

/** What it answers to each end: digests of the texts, or what the system said first. */
export type FolderAnswer = { readonly digests: readonly string[] } | { readonly refused: Refusal }
export interface Refusal {
  readonly message: string
  readonly facts: Readonly<Record<string, unknown>>
}

/** From how many models on a thread is ready before its work could be done without one. */
const manyModels = 200
const filesAtOnce = 100

/** @param models how many there are, more or less */
export const secondThread = (models: number): SecondThread =>
  models < manyModels ? noThread : new WorkingThread()

const noThread: SecondThread = {
  readSelects: () => undefined,
  selectStates: () => new SelectStates(),
  write: async (folder, files) => writeFolder(folder, files),
  close: async () => undefined,
}

class WorkingThread implements SecondThread {
  /** On which states of selects come, as JSON: they are taken from it without waiting. */
  readonly #states = new MessageChannel()
  readonly #worker = new Worker(join(packageDirectory, 'dist/compiler/second_thread_worker.js'), {
    workerData: this.#states.port2,
    transferList: [this.#states.port2],
  })
  /** Those that it has not answered yet. */
  readonly #asked: (readonly [selects: readonly Select[], backslashEscapes: boolean])[] = []
  readonly #waiting: {
    readonly done: (digests: readonly string[]) => void
    readonly failed: (cause: unknown) => void
  }[] = []

  constructor() {
    this.#worker.on('message', (answer: FolderAnswer) => {
      const task = this.#waiting.shift()
      if ('digests' in answer) task?.done(answer.digests)
      else task?.failed(Object.assign(new Error(answer.refused.message), answer.refused.facts))
    })
    this.#worker.on('error', cause => {
      for (const task of this.#waiting.splice(0)) task.failed(cause)
    })
  }

  #tell(task: ThreadTask): void {
    this.#worker.postMessage(task)
  }

  readSelects(selects: readonly Select[], backslashEscapes: boolean): void {
    const texts = selects.map(({ sql, rebuildSql }) => ({ sql, rebuildSql }))
    this.#tell({ kind: 'selects', selects: texts, backslashEscapes })
    this.#asked.push([texts, backslashEscapes])
  }

  selectStates(): SelectStates {
    const states = new SelectStates()
    for (;;) {
      const answer: { readonly message: string } | undefined = receiveMessageOnPort(this.#states.port1)
      const [selects, backslashEscapes] = (answer && this.#asked.shift()) ?? []
      if (!answer || !selects || backslashEscapes === undefined) return states
      const read: readonly SelectState[] = JSON.parse(answer.message)
      for (const [index, state] of read.entries()) {
        const select = selects[index]
        if (select) states.learn(select, backslashEscapes, state)
      }
    }
  }

  write(folder: string, files: readonly TextFile[]): Promise<readonly string[]> {
    this.#tell({ kind: 'begin', folder, paths: files.map(({ path }) => path) })
    // Some at a time, so that no texts are in memory but those on their way.
    for (let start = 0; start < files.length; start += filesAtOnce)
      this.#tell({
        kind: 'files',
        files: files.slice(start, start + filesAtOnce).map(({ path, text }) => ({ path, text })),
      })
    this.#tell({ kind: 'end' })
    const answer = new Promise<readonly string[]>((done, failed) => this.#waiting.push({ done, failed }))
    answer.catch(() => undefined) // whoever waits for it is told; nobody may be there yet
    return answer
  }

  async close(): Promise<void> {
    this.#states.port1.close()
    await this.#worker.terminate()
  }
}
