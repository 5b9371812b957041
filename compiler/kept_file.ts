// A file of target/.cache: plain data, and a digest of itself. What is damaged, gone or not to be written counts as not kept.

import { closeSync, openSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pid } from 'node:process'
import { digest, digestOfPieces } from './digest.js'
import { jsonPieces } from './json_pieces.js'
import { makeFolder } from './text_folder.js'
import { joined } from './text_pieces.js'

/** How much is written at once: an entry of an entry, such as a model of all models. */
const levels = 2

/** Aside, then in its place: whoever reads meanwhile finds all of it or none. */
export function writeKept(folder: string, name: string, content: unknown): void {
  const aside = join(folder, `${name}.${pid}`)
  const file = openSync(aside, 'w')
  try {
    const written = writtenTo(file, joined(jsonPieces(content, levels)))
    writeFileSync(file, `\n${digestOfPieces(written)}`)
  } finally {
    closeSync(file)
  }
  renameSync(aside, join(folder, name))
}

function* writtenTo(file: number, pieces: Iterable<string>): Generator<string> {
  for (const piece of pieces) {
    writeFileSync(file, piece)
    yield piece
  }
}

export function readKept<T>(folder: string, name: string): T | undefined {
  try {
    const path = join(folder, name)
    if (!statSync(path).isFile()) return undefined
    const bytes = readFileSync(path)
    const border = bytes.lastIndexOf('\n')
    const json = bytes.subarray(0, border)
    if (digest(json) !== bytes.toString('latin1', border + 1)) return undefined
    utimesSync(path, new Date(), new Date()) // the ones used last are kept
    return JSON.parse(json.toString()) as T
  } catch (cause) {
    if (isFileFault(cause)) return undefined
    throw cause
  }
}

/** Makes the folder and does what writes into it: as much as the disk allows. */
export function attemptToKeep(folder: string, work: () => void): void {
  try {
    makeFolder(folder)
    work()
  } catch (cause) {
    if (!isFileFault(cause)) throw cause // the disk is full or read-only: the next one computes it again
  }
}

const isFileFault = (cause: unknown): boolean => cause instanceof Error && 'code' in cause
