// A folder -> images of it, one whenever something in it is different from the image before. What did not change is linked to
// that one's files, and zeros at a file's end take no room, so that hundreds of databases fit into memory.

import * as fs from 'node:fs'
import { join } from 'node:path'

interface Seen {
  /** Undefined for a folder. */
  readonly content: Buffer | undefined
  readonly size: number
  readonly changed: number
  /** When it was read. */
  readonly at: number
}

/** A file that was changed longer ago than this when it was read has another time when it is changed again. */
const tickMillis = 1000

export class FolderImages {
  #seen: ReadonlyMap<string, Seen> = new Map()
  #taken = 0

  /** @param kept the folder of the images: `0`, `1` and so on */
  constructor(
    private readonly folder: string,
    private readonly kept: string,
  ) {}

  /** @returns the number of the image of what is in the folder now */
  take(): number {
    const now = this.#look()
    const before = this.#seen
    this.#seen = now
    const isSame =
      now.size === before.size && [...now].every(([path, { content }]) => same(before.get(path), content))
    if (this.#taken === 0 || !isSame) this.#keep(before)
    return this.#taken - 1
  }

  #look(): ReadonlyMap<string, Seen> {
    const found = new Map<string, Seen>()
    const walk = (below: string): void => {
      for (const entry of fs.readdirSync(join(this.folder, below), { withFileTypes: true })) {
        const path = join(below, entry.name)
        found.set(path, this.#read(path, entry.isDirectory()))
        if (entry.isDirectory()) walk(path)
      }
    }
    walk('.')
    return found
  }

  #read(path: string, isFolder: boolean): Seen {
    const at = Date.now()
    if (isFolder) return { content: undefined, size: 0, changed: 0, at }
    const { size, ctimeMs: changed } = fs.statSync(join(this.folder, path))
    const last = this.#seen.get(path)
    const isOld = last?.size === size && last.changed === changed && changed < last.at - tickMillis
    if (last && isOld) return last
    const content = fs.readFileSync(join(this.folder, path))
    return { content: last?.content?.equals(content) ? last.content : content, size, changed, at }
  }

  #keep(before: ReadonlyMap<string, Seen>): void {
    const image = join(this.kept, String(this.#taken))
    const last = join(this.kept, String(this.#taken - 1))
    this.#taken += 1
    fs.mkdirSync(image, { mode: 0o700 })
    for (const [path, { content }] of this.#seen) {
      const to = join(image, path)
      if (content === undefined) fs.mkdirSync(to, { mode: 0o700 })
      else if (same(before.get(path), content)) fs.linkSync(join(last, path), to)
      else {
        fs.writeFileSync(to, content.subarray(0, lengthWithoutZeros(content)), { mode: 0o600 })
        fs.truncateSync(to, content.length)
      }
    }
  }
}

/** Equal content is the same buffer. */
const same = (before: Seen | undefined, content: Buffer | undefined): boolean =>
  before !== undefined && before.content === content

function lengthWithoutZeros(content: Buffer): number {
  let length = content.length
  while (length > 0 && content[length - 1] === 0) length -= 1
  return length
}
