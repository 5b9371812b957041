// What the last compilation into a target folder was made of and what it made, in digests, and of each model whose text may be
// edited what an edit needs. Kept in target/.cache; what it says is true of those files whatever lies on the disk by now, so it is
// compared with the disk before anything is taken from it.

import { digest } from '../digest.js'
import { attemptToKeep, readKept, writeKept } from '../kept_file.js'
import type { Relation } from '../relation.js'

/** A digest of its text, and what file_stamps.ts says of it, where it was read since and had been left alone for a while. */
export type LastFile = readonly [path: string, digest: string, stamp?: string]

export interface LastCompilation {
  /** Of the package and of what was asked for. */
  readonly made: string
  /** That seshat.yml names, where the command names no adapter; null where no profile decides anything. */
  readonly profile: string | null
  /** Every file of the project that is read. */
  readonly sources: readonly LastFile[]
  /** Of manifest.json. */
  readonly manifest: string
  readonly targets: readonly LastTarget[]
  /** Of the models of which each target has an entry. */
  readonly texts: readonly (readonly [path: string, text: string])[]
}

export interface LastTarget {
  readonly name: string
  readonly adapter: string
  /** How many its plan has. */
  readonly steps: number
  /** All that there is in its folder. */
  readonly files: readonly LastFile[]
  readonly backslashEscapes: boolean
  /** By `kind:key` of the marks that stand for them (reference.ts). */
  readonly relations: Readonly<Record<string, Relation>>
  /** By path of their file, each a LastModel as JSON: few are looked at, and so they take little memory. */
  readonly models: Readonly<Record<string, string>>
}

/** A model whose statements take its select as a whole, and nothing else from the text of its file. */
export interface LastModel {
  readonly name: string
  /** Its compiled file, below the folder of the target. */
  readonly compiled: string
  /** Its select, with marks for relations; null where its text says what its calls print. */
  readonly sql: string | null
  /** How many of its statements take the finished select, each once. */
  readonly times: number
  /** As its table declares them. */
  readonly columns: readonly { readonly name: string; readonly type?: string | undefined }[]
  /** YAML says something of it, which may be about columns that its select gives. */
  readonly described: boolean
}

const name = 'last.compilation.json'

/** What a command compiles, as far as its words say it. */
export interface Asked {
  readonly adapter?: string
  readonly allAdapters?: boolean
  readonly target?: string
  readonly vars?: string
  readonly select?: readonly string[]
  readonly exclude?: readonly string[]
  readonly state?: string
  readonly fullRefresh?: boolean
  readonly backfill?: unknown
}

/**
 * By what a compilation is known.
 * @param made digest of the package
 * @returns undefined for those that are not noted: what runs but rarely, or depends on another state
 */
export function askedKey(made: string, asked: Asked): string | undefined {
  const { adapter, allAdapters, target, vars, select = [], exclude = [] } = asked
  if (asked.state !== undefined || asked.fullRefresh || asked.backfill !== undefined) return undefined
  const words = [adapter ?? null, allAdapters ?? false, target ?? null, vars ?? '', select, exclude]
  return digest(JSON.stringify([made, words]))
}

export const readLast = (folder: string): LastCompilation | undefined =>
  readKept<LastCompilation>(folder, name)

export const keepLast = (folder: string, last: LastCompilation): void =>
  attemptToKeep(folder, () => writeKept(folder, name, last))
