// Imported before the command line: kills the process that it is in, before its embedded database gets a statement, or when
// that has answered. CRASH_AT says which: `17 before`, `17 answered`, counted from 0; without it they are only counted.

import { appendFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'

const [, at, when] = /^(\d+) (before|answered)$/.exec(process.env['CRASH_AT'] ?? '') ?? []
const counted = process.env['CRASH_COUNT']
let number = 0

const die = (): void => void process.kill(process.pid, 'SIGKILL')
const post = Worker.prototype.postMessage

Worker.prototype.postMessage = function (this: Worker, ...message: Parameters<Worker['postMessage']>): void {
  if (counted !== undefined) appendFileSync(counted, '.')
  if (number === Number(at)) {
    if (when === 'before') die()
    this.prependOnceListener('message', die)
  }
  number += 1
  post.apply(this, message)
}
