// The text of a manifest -> the same with some nodes changed. Reading six megabytes of JSON and writing them again takes longer
// than all else that an edit of one model needs.

import { indentedJson } from '../json_pieces.js'
import type { NodeState } from '../manifest.js'

export interface NodeEdit {
  readonly target: string
  readonly name: string
  /** undefined where the node cannot be changed */
  change(node: NodeState): NodeState | undefined
}

/** Where a node stands, and what comes in its place. */
interface Patch {
  readonly start: number
  readonly end: number
  readonly text: Buffer
}

/**
 * @param manifest the bytes of it, as artifacts.ts writes it: a space for each level, so that no text in it can look like the lines
 *   sought here
 * @returns its bytes then, in pieces; undefined where there is no such node, or none that can be changed
 */
export function withNodes(manifest: Buffer, edits: readonly NodeEdit[]): readonly Buffer[] | undefined {
  const patches = edits.map(edit => patchOf(manifest, edit))
  if (!patches.every(patch => patch !== undefined)) return undefined
  const pieces: Buffer[] = []
  let at = 0
  for (const { start, end, text } of patches.sort((a, b) => a.start - b.start)) {
    pieces.push(manifest.subarray(at, start), text)
    at = end
  }
  return [...pieces, manifest.subarray(at)]
}

function patchOf(manifest: Buffer, { target, name, change }: NodeEdit): Patch | undefined {
  const section = manifest.indexOf(`\n  ${JSON.stringify(target)}: {\n`)
  const line = `\n    {\n     "name": ${JSON.stringify(name)},\n`
  const start = section === -1 ? -1 : manifest.indexOf(line, section)
  const last = start === -1 ? -1 : manifest.indexOf('\n    }', start + 1)
  if (last === -1) return undefined
  const end = last + '\n    }'.length
  const node = change(JSON.parse(manifest.toString('utf8', start, end)) as NodeState)
  return node && { start, end, text: Buffer.from(`\n    ${indentedJson(node, 4)}`) }
}
