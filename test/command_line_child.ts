// Runs command lines that it is sent, one after the other, in one process: the real commands, without the half second that
// each process costs.

import { chdir } from 'node:process'
import { runWords } from '../compiler/cli/run_words.js'

export interface Request {
  readonly directory: string
  readonly words: readonly string[]
}

export interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly seconds: number
}

async function answer({ directory, words }: Request): Promise<Answer> {
  const written = { stdout: '', stderr: '' }
  const start = performance.now()
  chdir(directory)
  const code = await runWords(words, {
    output: { write: text => (written.stdout += text) },
    errors: { write: text => (written.stderr += text) },
  })
  return { code, ...written, seconds: (performance.now() - start) / 1000 }
}

process.on('message', async (request: Request) => process.send?.(await answer(request)))
