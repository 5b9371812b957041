// A file -> its bytes, with few questions to the system: thousands of small files are read one after the other.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** Most files fit in here, and need not be asked for their size: all that a project may have but seeds (source_file.ts). */
const room = Buffer.allocUnsafe(1_000_002)

/**
 * The bytes of a file, which stay until the next call.
 * @param most a longer file is cut off behind so many
 * @throws what the system says
 */
export function readBytes(path: string, most = Number.POSITIVE_INFINITY): Buffer {
  const file = openSync(path, 'r')
  try {
    const first = filled(file, room.subarray(0, Math.min(most, room.length)))
    if (first.length < room.length) return first
    const all = Buffer.allocUnsafe(Math.max(room.length, Math.min(most, fstatSync(file).size)))
    first.copy(all)
    return all.subarray(0, room.length + filled(file, all.subarray(room.length)).length)
  } finally {
    closeSync(file)
  }
}

/** What comes next in a file, until the buffer is full or the file is at its end. */
function filled(file: number, buffer: Buffer): Buffer {
  let length = 0
  for (let read = -1; read !== 0 && length < buffer.length; length += read)
    read = readSync(file, buffer, length, buffer.length - length, null)
  return buffer.subarray(0, length)
}
