// The other thread of a compilation (second_thread.ts): selects in, what they say out; folders and their files in, on the disk and
// digests out.

import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { FolderAnswer, Refusal, ThreadTask } from './second_thread.js'
import { SelectStates } from './select_state.js'
import { isSystemError } from './system_errors.js'
import { prepareFolder, writeFiles } from './text_folder.js'

const states = workerData as MessagePort
let folder = ''
let there: ReadonlySet<string> = new Set()
let digests: string[] = []
let refused: Refusal | undefined

parentPort?.on('message', (task: ThreadTask) => {
  if (task.kind === 'selects') {
    const known = new SelectStates()
    states.postMessage(JSON.stringify(task.selects.map(select => known.of(select, task.backslashEscapes))))
    return
  }
  if (task.kind === 'end') {
    parentPort?.postMessage((refused ? { refused } : { digests }) satisfies FolderAnswer)
    return
  }
  if (task.kind === 'begin') refused = undefined
  else if (refused) return
  try {
    write(task)
  } catch (cause) {
    if (!isSystemError(cause)) throw cause
    // Of an error only its message and its stack reach another thread.
    refused = { message: cause.message, facts: { ...cause } }
  }
})

function write(task: Extract<ThreadTask, { kind: 'begin' | 'files' }>): void {
  if (task.kind === 'files') digests.push(...writeFiles(folder, task.files, there))
  else {
    digests = []
    folder = task.folder
    there = prepareFolder(folder, task.paths)
  }
}
