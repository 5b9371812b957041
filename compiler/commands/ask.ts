// Questions to whoever sits at the terminal. Ctrl-C while one waits is an interruption like any other; without a terminal
// nobody can answer.

import { kill, pid, stdin, stdout } from 'node:process'
import { createInterface } from 'node:readline/promises'
import { Faults } from '../diagnostics.js'
import { interrupted } from '../execute.js'

export const canAsk = (): boolean => stdin.isTTY === true && stdout.isTTY === true

/**
 * The answer without blanks around it; empty where the input ends.
 * @throws Faults `interrupted`
 */
export async function ask(question: string, signal: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: stdin, output: stdout })
  // In a terminal of readline Ctrl-C is a key: the process hears of it from us.
  terminal.on('SIGINT', () => kill(pid, 'SIGINT'))
  const ended = new Promise<string>(resolve => terminal.once('close', () => resolve('')))
  const stopped = new Promise<never>((_, reject) => {
    const stop = (): void => reject(new Faults([interrupted()], 1))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return (await Promise.race([terminal.question(question), ended, stopped])).trim()
  } finally {
    terminal.close()
  }
}

/** Whether it was answered with yes. */
export async function confirmed(question: string, signal: AbortSignal): Promise<boolean> {
  if (!canAsk()) return false
  return (await ask(`${question} (yes/no) `, signal)).toLowerCase() === 'yes'
}
