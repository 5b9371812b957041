// SourceFile -> the syntax tree of its template, with what is asked of a tree: its calls, and where things stand.

import nunjucks from 'nunjucks'
import { error, Faults, type Place } from './diagnostics.js'
import { placeOfExpression } from './expression_place.js'
import { placeAt, type SourceFile } from './source_file.js'

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
    const ast = nunjucks.parser.parse(file.text)
    nodesOf(ast) // goes as deep as all that follows
    return ast
  } catch (cause) {
    throw syntaxFault(file, cause)
  }
}

/** What nunjucks' parser or compiler says of a template, in words for people. Its lines and columns count from 1. */
export function syntaxFault(file: SourceFile, cause: unknown): Faults {
  const fault = cause as Error & { lineno?: number; colno?: number }
  const words = fault.message.replace(/^\(.*\)( \[Line \d+, Column \d+\])?\s*/, '').replace(/^parse\w+: /, '')
  const { message, hint } = wording(words.trim())
  const end = placeAt(file.path, file.text, file.text.trimEnd().length, 1)
  const known = fault.lineno !== undefined && fault.lineno <= end.line
  const at = known ? { ...end, line: fault.lineno ?? 1, column: Math.max(1, fault.colno ?? 1) } : end
  return new Faults([error('template-syntax', message, { at, ...(hint ? { hint } : {}) })])
}

function wording(message: string): { readonly message: string; readonly hint?: string } {
  if (message.includes('call stack'))
    return { message: 'the template is nested too deeply, or one expression is too long' }
  // nunjucks looks at the token behind the last one.
  if (message.startsWith('Cannot read properties of null'))
    return { message: 'the template ends before this expression or tag does', hint: 'Close it: }} or %}.' }
  const tag = /^unknown block tag: (.*)$/.exec(message)?.[1]
  if (tag !== undefined && /^(end|el)/.test(tag))
    return { message: `{% ${tag} %} stands here without a tag that it belongs to` }
  if (tag !== undefined)
    return {
      message: `there is no tag {% ${tag} %}`,
      hint: 'Tags are if, for, set, macro, call, filter and raw, each with its end tag.',
    }
  if (message === 'expected variable end')
    return { message: 'an expression does not end here as it should, in }}' }
  if (message === 'unexpected token: )')
    return { message, hint: 'nunjucks allows no comma before a closing bracket.' }
  return { message }
}

/** All nodes of a tree but its root, each before those below it. */
export const nodesOf = (ast: Ast): readonly Ast[] => ast.findAll(nunjucks.nodes.Node)

/** Every call of a function by its plain name, in the order of the text. */
export function findCalls(file: SourceFile, nodes: readonly Ast[]): readonly Call[] {
  return nodes
    .filter(call => call.typename === 'FunCall' && call.name?.typename === 'Symbol')
    .map(call => ({
      name: calleeName(call),
      arguments: (call.args?.children ?? [])
        .filter(argument => argument.typename !== 'KeywordArgs')
        .map(argument =>
          argument.typename === 'Literal' && typeof argument.value === 'string' ? argument.value : undefined,
        ),
      at: placeOfNode(file, startOfExpression(call)),
    }))
    .sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column)
}

/** Where the name of each macro stands that a text defines. */
export function findMacros(file: SourceFile, nodes: readonly Ast[]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>()
  for (const { typename, name } of nodes) {
    if (typename !== 'Macro' || !name || places.has(String(name.value))) continue
    places.set(String(name.value), placeOfNode(file, name))
  }
  return places
}

/** How the callee of a call stands in the text: `ref`, `adapter.dispatch`. */
export function calleeName(call: Ast): string {
  const spell = (node: Ast | undefined): string =>
    node?.typename === 'LookupVal'
      ? `${spell(node.target)}.${spell(node.val)}`
      : String(node?.value ?? '(...)')
  return spell(call.name)
}

/** The leftmost node of an expression; a node of its own often stands at a bracket or an operator. */
export function startOfExpression(node: Ast): Ast {
  const first = {
    FunCall: node.name,
    LookupVal: node.target,
    Filter: node.args?.children?.[0],
    InlineIf: node.body,
    Compare: node.expr,
  }[node.typename]
  const next = first ?? node.left
  return next ? startOfExpression(next) : node
}

const placeOfNode = (file: SourceFile, node: Ast): Place =>
  placeOfExpression(file, node.lineno + 1, node.colno + 1)
