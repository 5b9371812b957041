// Syntax tree -> the code of a nunjucks template. Compiles as nunjucks does, but so that every call, filter and output says where it
// stands before it runs: nunjucks itself knows only the line of the last call, and none inside a macro of another file.

import nunjucks from 'nunjucks'
import type { SourceFile } from './source_file.js'
import { calleeName, startOfExpression, syntaxFault } from './template_syntax.js'

/** Line and column in the file that is being compiled; 1-based. */
export type Position = readonly [line: number, column: number]
type Work = (...operands: readonly unknown[]) => unknown

/** What compiled templates call. */
export interface TemplateRuntime {
  call(callee: unknown, name: string, self: unknown, args: readonly unknown[], at: Position): unknown
  /** Applies a filter or an operator of nunjucks to operands that are already there. */
  apply(name: string, work: Work, operands: readonly unknown[], at: Position): unknown
  print(value: unknown, at: Position): string
}

/** Ties compiled code to what it calls. */
export type MakeTemplate = (places: TemplateRuntime) => nunjucks.TemplateCode

/** @throws Faults `template-syntax` */
export function compileTemplate(file: SourceFile, ast: nunjucks.AstNode): MakeTemplate {
  const compiler = new PlacedCompiler(file.path, true)
  try {
    compiler.compile(ast)
  } catch (cause) {
    throw syntaxFault(file, cause)
  }
  return new Function('places', compiler.getCode()) as MakeTemplate
}

const position = (node: nunjucks.AstNode): string => JSON.stringify([node.lineno + 1, node.colno + 1])

/** Emits the same code as nunjucks' own compiler around the places where a template can fail. */
class PlacedCompiler extends nunjucks.compiler.Compiler {
  override compileFunCall(node: nunjucks.AstNode, frame: unknown): void {
    this._emit('places.call(')
    this.compile(node.name, frame)
    this._emit(`, ${JSON.stringify(calleeName(node))}, context, `)
    this._compileAggregate(node.args, frame, '[', ']')
    this._emit(`, ${position(startOfExpression(node))})`)
  }

  override compileFilter(node: nunjucks.AstNode, frame: unknown): void {
    const name = JSON.stringify(node.name?.value)
    this._emit(`places.apply(${name}, (...xs) => env.getFilter(${name}).call(context, ...xs), `)
    this._compileAggregate(node.args, frame, '[', ']')
    this._emit(`, ${position(node)})`)
  }

  override compileIn(node: nunjucks.AstNode, frame: unknown): void {
    this._emit('places.apply("in", runtime.inOperator, [')
    this.compile(node.left, frame)
    this._emit(', ')
    this.compile(node.right, frame)
    this._emit(`], ${position(startOfExpression(node))})`)
  }

  override compileOutput(node: nunjucks.AstNode, frame: unknown): void {
    for (const child of node.children ?? []) {
      if (child.typename === 'TemplateData') {
        this._emitLine(`${this.buffer} += ${JSON.stringify(child.value)};`)
      } else {
        this._emit(`${this.buffer} += places.print(`)
        this.compile(child, frame)
        this._emitLine(`, ${position(startOfExpression(child))});`)
      }
    }
  }
}
