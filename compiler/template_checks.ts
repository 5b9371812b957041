// Reads a template's syntax tree: finds its calls, and refuses what nunjucks would accept and then get wrong in
// silence. The list is from measurements of nunjucks 3.2.4; docs/guide/templates.md explains each to users.

import nunjucks from 'nunjucks'
import { type Diagnostic, error, fail, type Place } from './diagnostics.js'
import type { SourceFile } from './source_file.js'

type Ast = nunjucks.AstNode

export interface Call {
  readonly name: string
  /** The literal texts among the arguments, in order; undefined where an argument is no literal text. */
  readonly arguments: readonly (string | undefined)[]
  readonly at: Place
}

/** @throws Faults `template-syntax` */
export function parseTemplate(file: SourceFile): Ast {
  try {
    return nunjucks.parser.parse(file.text)
  } catch (cause) {
    const fault = cause as Error & { lineno?: number; colno?: number }
    const message = fault.message.replace(/^\(.*\)( \[Line \d+, Column \d+\])?\s*/, '').trim()
    const last = file.text.split('\n').length
    const comma =
      message === 'unexpected token: )' ? { hint: 'nunjucks allows no comma before a closing bracket.' } : {}
    fail('template-syntax', message, {
      ...comma,
      at: { file: file.path, line: fault.lineno ?? last, column: Math.max(1, fault.colno ?? 1), length: 1 },
    })
  }
}

/** Every call of a function by its plain name, in the order of the text. */
export function findCalls(file: SourceFile, ast: Ast): readonly Call[] {
  const calls = all(ast, 'FunCall')
    .filter(call => call.typename === 'FunCall' && call.name?.typename === 'Symbol')
    .map(call => ({
      name: String(call.name?.value),
      arguments: (call.args?.children ?? [])
        .filter(argument => argument.typename !== 'KeywordArgs')
        .map(argument =>
          argument.typename === 'Literal' && typeof argument.value === 'string' ? argument.value : undefined,
        ),
      at: callPlace(file, call),
    }))
  return calls.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column)
}

const all = (ast: Ast, type: string): readonly Ast[] => {
  const nodeType = nunjucks.nodes[type]
  return nodeType ? ast.findAll(nodeType) : []
}

const place = (file: SourceFile, node: Ast, length = 1): Place => ({
  file: file.path,
  line: node.lineno + 1,
  column: node.colno + 1,
  length,
})

/** From the name of the function to the closing bracket, as far as both stand on one line. */
function callPlace(file: SourceFile, call: Ast): Place {
  const name = String(call.name?.value)
  const line = (call.name ?? call).lineno
  const column = (call.name ?? call).colno
  const text = file.text.split('\n', line + 1)[line] ?? ''
  const end = text.indexOf(')', column)
  return {
    file: file.path,
    line: line + 1,
    column: column + 1,
    length: end === -1 ? name.length : end + 1 - column,
  }
}

interface Trap {
  readonly node: string
  readonly applies: (node: Ast) => boolean
  readonly message: string
  readonly hint: string
}

const isList = (node: Ast | undefined): boolean => node?.typename === 'Array'
const always = (): boolean => true

const traps: readonly Trap[] = [
  {
    node: 'For',
    applies: node => node.arr?.typename === 'InlineIf' && !node.arr.else_,
    message: "'for x in xs if c' loops over nothing when c is false of the whole, it does not filter",
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
  {
    node: 'If',
    applies: node => isList(node.cond),
    message: 'an empty list counts as true in {% if %}',
    hint: 'Test its length: {% if xs | length %}.',
  },
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
  ...['Import', 'FromImport', 'Include', 'Extends'].map(node => ({
    node,
    applies: always,
    message: 'templates are not loaded from one another here',
    hint: 'Put a macro into macros/: every model can call it by name, without import.',
  })),
]

/** `template-trap` for every construct that nunjucks accepts and then renders to something else than it says. */
export function findTraps(file: SourceFile, ast: Ast): readonly Diagnostic[] {
  return traps.flatMap(trap =>
    all(ast, trap.node)
      .filter(node => node.typename === trap.node && trap.applies(node))
      .map(node => error('template-trap', trap.message, { at: place(file, node), hint: trap.hint })),
  )
}
