// Refuses what nunjucks would accept and then get wrong in silence, or find out only when it renders. The list is from
// measurements of nunjucks 3.2.4; docs/guide/templates.md explains each to users.

import nunjucks from 'nunjucks'
import { type Diagnostic, error, shorten } from './diagnostics.js'
import { nearest } from './nearest.js'
import type { SourceFile } from './source_file.js'

type Ast = nunjucks.AstNode

interface Trap {
  readonly node: string
  readonly applies: (node: Ast) => boolean
  readonly message: string
  readonly hint: string
}

const isList = (node: Ast | undefined): boolean =>
  node?.typename === 'Array' || (node?.typename === 'Not' && isList(node.target))
const always = (): boolean => true

const traps: readonly Trap[] = [
  {
    node: 'For',
    applies: node => node.arr?.typename === 'InlineIf' && !node.arr.else_,
    message: "'for x in xs if c' does not filter: it loops over all of xs, or over nothing",
    hint: 'Put an {% if %} inside the loop.',
  },
  {
    node: 'Group',
    applies: node => (node.children?.length ?? 0) > 1,
    message: 'a tuple (a, b) is only its last element in nunjucks',
    hint: 'Write a list: [a, b].',
  },
  {
    node: 'Add',
    applies: node => isList(node.left) || isList(node.right),
    message: 'lists are joined as text by +: [1] + [2] is "12"',
    hint: 'Write one list, or loop over the two after one another.',
  },
  ...['If', 'InlineIf'].map(node => ({
    node,
    applies: ({ cond }: Ast) => isList(cond),
    message: 'a list counts as true in an if, even when it is empty',
    hint: 'Test its length: {% if xs | length %}.',
  })),
  {
    node: 'Filter',
    applies: node => node.name?.value === 'random',
    message: 'the filter random would make compiled SQL differ from time to time',
    hint: 'Choose the value in a variable.',
  },
  ...['AsyncEach', 'AsyncAll', 'IfAsync', 'FilterAsync', 'CallExtensionAsync'].map(node => ({
    node,
    applies: always,
    message: 'asynchronous tags and filters end a template early without an error',
    hint: 'Use {% for %} and {% if %}.',
  })),
  {
    node: 'Literal',
    applies: ({ value }) => value instanceof RegExp,
    message: 'a regular expression can take longer than anybody waits',
    hint: 'Use replace, split or includes with texts.',
  },
  ...['Import', 'FromImport', 'Include', 'Extends'].map(node => ({
    node,
    applies: always,
    message: 'templates are not loaded from one another here',
    hint: 'Put a macro into macros/: every model can call it by name, without import.',
  })),
]

const trapsOf = new Map(traps.map(({ node }) => [node, traps.filter(trap => trap.node === node)]))

const { filters, tests } = new nunjucks.Environment(null)

/** nunjucks takes nearly everything up to the next space for a name, and writes it into code as it is. */
function badName(file: SourceFile, node: Ast): readonly Diagnostic[] {
  const name = String(node.value)
  if (node.typename !== 'Symbol') return []
  // Nearly all names are of ASCII alone, which is quicker to match.
  if (/^[A-Za-z_$][\w$.]*$/.test(name) && name !== '__proto__') return []
  if (/^[\p{L}_$][\p{L}\p{N}_$.]*$/u.test(name) && name !== '__proto__') return []
  const at = { file: file.path, line: node.lineno + 1, column: node.colno + 1, length: name.length }
  return [
    error('template-syntax', `'${shorten(name)}' cannot be a name here`, {
      at,
      hint: 'Names are of letters, digits and _; texts stand in quotes.',
    }),
  ]
}

/** `template-trap`, `template-syntax`, `unknown-filter` and `unknown-test`, in the order of the text. */
export function findTraps(file: SourceFile, nodes: readonly Ast[]): readonly Diagnostic[] {
  const at = (node: Ast) => ({ file: file.path, line: node.lineno + 1, column: node.colno + 1, length: 1 })
  const trapped = nodes.flatMap(node =>
    (trapsOf.get(node.typename) ?? [])
      .filter(trap => trap.applies(node))
      .map(trap => error('template-trap', trap.message, { at: at(node), hint: trap.hint })),
  )
  const unknown = (kind: 'filter' | 'test', name: Ast | undefined, known: object): readonly Diagnostic[] => {
    const text = String(name?.value)
    if (!name || Object.hasOwn(known, text)) return []
    const message = `there is no ${kind} '${text}'`
    return [
      error(kind === 'filter' ? 'unknown-filter' : 'unknown-test', message, {
        at: { ...at(name), length: text.length },
        hint:
          nearest(text, Object.keys(known)).hint ?? `nunjucks has ${Object.keys(known).sort().join(', ')}.`,
      }),
    ]
  }
  return [
    ...trapped,
    ...nodes.flatMap(node => [node, ...(node.targets ?? [])]).flatMap(node => badName(file, node)),
    ...nodes.flatMap(({ typename, name, right }) => {
      if (typename === 'Filter' || typename === 'FilterAsync') return unknown('filter', name, filters)
      return typename === 'Is' ? unknown('test', right?.name ?? right, tests) : []
    }),
  ].sort((a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0))
}
