// Syntax tree -> the code of a nunjucks template. Compiles as nunjucks does, but so that every call, filter and output says where it
// stands before it runs: nunjucks itself knows only the line of the last call, and none inside a macro of another file.

import nunjucks from 'nunjucks'
import type { SourceFile } from './source_file.js'
import type { TemplateContext } from './template_sandbox.js'
import { calleeName, startOfExpression, syntaxFault } from './template_syntax.js'
import { closeMark, type FileTrace, type Tracer } from './template_trace.js'

/** Line and column in the file that is being compiled; 1-based. */
export type Position = readonly [line: number, column: number]
type Work = (...operands: readonly unknown[]) => unknown

/** What compiled templates call. */
export interface TemplateRuntime {
  call(callee: unknown, name: string, self: unknown, args: readonly unknown[], at: Position): unknown
  /** Applies a filter or an operator of nunjucks to operands that are already there. */
  apply(name: string, work: Work, operands: readonly unknown[], at: Position): unknown
  print(value: unknown, at: Position): string
  /** An operand of an operator. @param isPart whether the operator joins texts, which takes no time */
  operand(value: unknown, isPart: boolean, at: Position): unknown
  /** What stands behind a dot or in brackets. */
  member(target: unknown, key: unknown, at: Position): unknown
  /** The value of a name. */
  lookup(context: TemplateContext, frame: { lookup(name: string): unknown }, name: string): unknown
  /** Told of each turn of a loop. */
  turn(at: Position): void
  /** Told of text that stands in the template as it is. */
  wrote(letters: number, at: Position): void
  /** Takes the marks of a trace out of a text that the template computes with. */
  unmarked(value: unknown): unknown
}

/** Ties compiled code to what it calls. */
export type MakeTemplate = (places: TemplateRuntime) => nunjucks.TemplateCode

/**
 * @param tracer marks what is rendered with where it comes from
 * @throws Faults `template-syntax`
 */
export function compileTemplate(file: SourceFile, ast: nunjucks.AstNode, tracer?: Tracer): MakeTemplate {
  const code = templateCode(file, ast, tracer)
  try {
    return madeOf(code)
  } catch (cause) {
    throw syntaxFault(file, cause)
  }
}

/** The body of a function of `places`. @throws Faults `template-syntax` */
export function templateCode(file: SourceFile, ast: nunjucks.AstNode, tracer?: Tracer): string {
  const compiler = new PlacedCompiler(file.path, tracer?.trace(file, ast))
  try {
    compiler.compile(ast)
    return compiler.getCode()
  } catch (cause) {
    throw syntaxFault(file, cause)
  }
}

export const madeOf = (code: string): MakeTemplate => new Function('places', code) as MakeTemplate

/** Nodes without brackets around their code: what is put around it would change what belongs to what. */
const bare = new Set('Add Compare Concat Div FloorDiv Is Literal Mod Mul Neg NodeList Pos Pow Sub'.split(' '))

const position = (node: nunjucks.AstNode): string => JSON.stringify([node.lineno + 1, node.colno + 1])

/** Emits the same code as nunjucks' own compiler around the places where a template can fail. */
class PlacedCompiler extends nunjucks.compiler.Compiler {
  /** What the operators do with the operands that are compiled. */
  private operator: 'joins' | 'looks' | undefined

  constructor(
    name: string,
    private readonly trace: FileTrace | undefined,
  ) {
    super(name, true)
  }

  override compile(node: nunjucks.AstNode | undefined, frame?: unknown): void {
    const { operator } = this
    if (!node || !operator || bare.has(node.typename)) {
      super.compile(node, frame)
      return
    }
    this.operator = undefined
    this._emit('places.operand(')
    super.compile(node, frame)
    this._emit(`, ${operator === 'joins'}, ${position(startOfExpression(node))})`)
    this.operator = operator
  }

  /** What is joined and then looked through has to be small too. */
  private operands(operator: 'joins' | 'looks', work: () => void): void {
    const outer = this.operator
    this.operator = outer === 'looks' ? outer : operator
    work()
    this.operator = outer
  }

  override compileAdd(node: nunjucks.AstNode, frame: unknown): void {
    this.operands('joins', () => super.compileAdd(node, frame))
  }

  override compileConcat(node: nunjucks.AstNode, frame: unknown): void {
    this.operands('joins', () => super.compileConcat(node, frame))
  }

  override compileSub(node: nunjucks.AstNode, frame: unknown): void {
    this.operands('looks', () => super.compileSub(node, frame))
  }

  override compileMul(node: nunjucks.AstNode, frame: unknown): void {
    this.operands('looks', () => super.compileMul(node, frame))
  }

  override compileDiv(node: nunjucks.AstNode, frame: unknown): void {
    this.operands('looks', () => super.compileDiv(node, frame))
  }

  override compileMod(node: nunjucks.AstNode, frame: unknown): void {
    this.operands('looks', () => super.compileMod(node, frame))
  }

  override compileFloorDiv(node: nunjucks.AstNode, frame: unknown): void {
    this.operands('looks', () => super.compileFloorDiv(node, frame))
  }

  override compilePow(node: nunjucks.AstNode, frame: unknown): void {
    this.operands('looks', () => super.compilePow(node, frame))
  }

  override compileNeg(node: nunjucks.AstNode, frame: unknown): void {
    this.operands('looks', () => super.compileNeg(node, frame))
  }

  override compilePos(node: nunjucks.AstNode, frame: unknown): void {
    this.operands('looks', () => super.compilePos(node, frame))
  }

  override compileCompare(node: nunjucks.AstNode, frame: unknown): void {
    this.operands('looks', () => super.compileCompare(node, frame))
  }

  override compileIs(node: nunjucks.AstNode, frame: unknown): void {
    this.operands('looks', () => super.compileIs(node, frame))
  }

  override compileFunCall(node: nunjucks.AstNode, frame: unknown): void {
    const computed = this.trace !== undefined && !this.trace.isPrinted(node)
    this._emit(`${computed ? 'places.unmarked(' : ''}places.call(`)
    this.compile(node.name, frame)
    this._emit(`, ${JSON.stringify(calleeName(node))}, context, `)
    this._compileAggregate(node.args, frame, '[', ']')
    this._emit(`, ${position(startOfExpression(node))})${computed ? ')' : ''}`)
  }

  override compileLookupVal(node: nunjucks.AstNode, frame: unknown): void {
    this._emit('places.member((')
    this.compile(node.target, frame)
    this._emit('), ')
    this.compile(node.val, frame)
    this._emit(`, ${position(startOfExpression(node))})`)
  }

  override compileSymbol(node: nunjucks.AstNode, frame: nunjucks.CompilerFrame): void {
    const name = String(node.value)
    this._emit(frame.lookup(name) || `places.lookup(context, frame, ${JSON.stringify(name)})`)
  }

  override _emitLoopBindings(node: nunjucks.AstNode, ...names: readonly string[]): void {
    this._emitLine(`places.turn(${position(node)});`)
    super._emitLoopBindings(node, ...names)
  }

  override compileCapture(node: nunjucks.AstNode, frame: unknown): void {
    const computed = this.trace !== undefined && !this.trace.deep
    if (computed) this._emit('places.unmarked(')
    super.compileCapture(node, frame)
    if (computed) this._emit(')')
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
        const mark = this.trace?.data(child) ?? ''
        const text = String(child.value)
        this._emitLine(`places.wrote(${text.length}, ${position(child)});`)
        this._emitLine(`${this.buffer} += ${JSON.stringify(mark + text)};`)
      } else {
        const [open, close] = this.trace ? [this.trace.expression(child), closeMark] : ['', '']
        this._emit(`${this.buffer} += ${JSON.stringify(open)} + places.print(`)
        this.compile(child, frame)
        this._emitLine(`, ${position(startOfExpression(child))}) + ${JSON.stringify(close)};`)
      }
    }
  }
}
