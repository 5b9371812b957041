// A thread of its own: folders and their files in, on the disk and digests out (folder_writer.ts).

import { parentPort } from 'node:worker_threads'
import type { FolderAnswer, FolderPart, Refusal } from './folder_writer.js'
import { isSystemError } from './system_errors.js'
import { prepareFolder, writeFiles } from './text_folder.js'

let folder = ''
let there: ReadonlySet<string> = new Set()
let digests: string[] = []
let refused: Refusal | undefined

parentPort?.on('message', (part: FolderPart) => {
  if (part.kind === 'end') {
    parentPort?.postMessage((refused ? { refused } : { digests }) satisfies FolderAnswer)
    return
  }
  if (part.kind === 'begin') refused = undefined
  else if (refused) return
  try {
    take(part)
  } catch (cause) {
    if (!isSystemError(cause)) throw cause
    // Of an error only its message and its stack reach another thread.
    refused = { message: cause.message, facts: { ...cause } }
  }
})

function take(part: Exclude<FolderPart, { kind: 'end' }>): void {
  if (part.kind === 'files') digests.push(...writeFiles(folder, part.files, there))
  else {
    digests = []
    folder = part.folder
    there = prepareFolder(folder, part.paths)
  }
}
