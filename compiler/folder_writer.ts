// Who writes the folders of compiled files: this thread, or for many files another one meanwhile. A thousand files take a while
// to make, most of it spent by the system, which a second processor can wait for.

import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { packageDirectory } from './source_file.js'
import { type TextFile, writeFolder } from './text_folder.js'

export interface FolderWriter {
  /** As writeFolder. @throws what the system says */
  write(folder: string, files: readonly TextFile[]): Promise<readonly string[]>
  /** Nothing can be written any more, and its memory is free. */
  close(): Promise<void>
}

/** What the other thread is told of a folder, in this order: of the files some, then others. */
export type FolderPart =
  | { readonly kind: 'begin'; readonly folder: string; readonly paths: readonly string[] }
  | { readonly kind: 'files'; readonly files: readonly TextFile[] }
  | { readonly kind: 'end' }

/** What it answers to each end: digests of the texts, or what the system said first. */
export type FolderAnswer = { readonly digests: readonly string[] } | { readonly refused: Refusal }
export interface Refusal {
  readonly message: string
  readonly facts: Readonly<Record<string, unknown>>
}

/** From how many files on a thread is ready before they could be written without one. */
const manyFiles = 200
const filesAtOnce = 100

/** @param files how many there will be, more or less */
export const folderWriter = (files: number): FolderWriter =>
  files < manyFiles
    ? { write: async (folder, texts) => writeFolder(folder, texts), close: async () => undefined }
    : new WritingThread()

class WritingThread implements FolderWriter {
  readonly #worker = new Worker(join(packageDirectory, 'dist/compiler/folder_thread.js'))
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

  write(folder: string, files: readonly TextFile[]): Promise<readonly string[]> {
    const tell = (part: FolderPart): void => this.#worker.postMessage(part)
    tell({ kind: 'begin', folder, paths: files.map(({ path }) => path) })
    // Some at a time, so that no texts are in memory but those on their way.
    for (let start = 0; start < files.length; start += filesAtOnce)
      tell({
        kind: 'files',
        files: files.slice(start, start + filesAtOnce).map(({ path, text }) => ({ path, text })),
      })
    tell({ kind: 'end' })
    const answer = new Promise<readonly string[]>((done, failed) => this.#waiting.push({ done, failed }))
    answer.catch(() => undefined) // whoever waits for it is told; nobody may be there yet
    return answer
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }
}
