// The state of a project -> the text of target/manifest.json, in pieces: of ten thousand models it has forty million letters,
// and what is said of a node takes more memory than its text.

import type { NodeState } from './manifest.js'
import type { StateByNode } from './project_state.js'
import { joined } from './text_pieces.js'

/** Stands where the nodes of a target do: at their level there is no other list of one text. */
const border = '\u0001'

/** Its JSON, a space for each level, and a line break at the end. Each node is asked for when its text is due. */
export const manifestPieces = (state: StateByNode): Generator<string> => joined(texts(state))

function* texts({ targets, ...project }: StateByNode): Generator<string> {
  const withoutNodes = Object.entries(targets).map(([name, target]) => [name, { ...target, nodes: [border] }])
  const json = JSON.stringify({ ...project, targets: Object.fromEntries(withoutNodes) }, null, 1)
  const [start = '', ...ends] = json.split(`\n    ${JSON.stringify(border)}\n   `)
  yield start
  for (const [index, { nodes }] of Object.values(targets).entries()) {
    let before = '\n    '
    for (const node of nodes) {
      yield before
      yield nodeText(node)
      before = ',\n    '
    }
    // A list without items has no line breaks.
    if (before.startsWith(',')) yield '\n   '
    yield ends[index] ?? ''
  }
  yield '\n'
}

const [opening, closing] = JSON.stringify([[[[0]]]], null, 1).split('0') as [string, string]

/** At the level where nodes stand. */
const nodeText = (node: NodeState): string =>
  JSON.stringify([[[[node]]]], null, 1).slice(opening.length, -closing.length)
