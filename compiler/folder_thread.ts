// A thread of its own: folders and their files in, on the disk out (folder_writer.ts).

import { parentPort } from 'node:worker_threads'
import type { FolderAnswer, FolderTask } from './folder_writer.js'
import { isSystemError } from './system_errors.js'
import { writeFolder } from './text_folder.js'

parentPort?.on('message', ({ folder, files }: FolderTask) => {
  parentPort?.postMessage(answerTo(() => writeFolder(folder, files)))
})

function answerTo(work: () => void): FolderAnswer {
  try {
    work()
    return { refused: undefined }
  } catch (cause) {
    if (!isSystemError(cause)) throw cause
    // Of an error only its message and its stack reach another thread.
    return { refused: { message: cause.message, facts: { ...cause } } }
  }
}
