// The text of a manifest -> the same with one node changed. Reading four megabytes of JSON and writing them again takes
// longer than all else that an edit of one model needs.

import { indentedJson } from '../json_pieces.js'
import type { NodeState } from '../manifest.js'

/**
 * @param manifest the bytes of it, as artifacts.ts writes it: a space for each level, so that no text in it can look like the lines
 *   sought here
 * @param change undefined where the node cannot be changed
 * @returns undefined where there is no such node, or none that can be changed
 */
export function withNode(
  manifest: Buffer,
  target: string,
  name: string,
  change: (node: NodeState) => NodeState | undefined,
): Buffer | undefined {
  const section = manifest.indexOf(`\n  ${JSON.stringify(target)}: {\n`)
  const line = `\n    {\n     "name": ${JSON.stringify(name)},\n`
  const start = section === -1 ? -1 : manifest.indexOf(line, section)
  const end = start === -1 ? -1 : manifest.indexOf('\n    }', start + 1)
  if (end === -1) return undefined
  const behind = end + '\n    }'.length
  const node = change(JSON.parse(manifest.toString('utf8', start, behind)) as NodeState)
  if (!node) return undefined
  const text = Buffer.from(`\n    ${indentedJson(node, 4)}`)
  return Buffer.concat([manifest.subarray(0, start), text, manifest.subarray(behind)])
}
