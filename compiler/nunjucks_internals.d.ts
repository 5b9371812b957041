// The parts of nunjucks that its published types leave out: the parser, its nodes, the compiler, and the names a template
// exports.

import 'nunjucks'

declare module 'nunjucks' {
  interface AstNode {
    readonly lineno: number
    readonly colno: number
    readonly typename: string
    readonly children?: readonly AstNode[]
    readonly value?: unknown
    readonly name?: AstNode
    readonly args?: AstNode
    readonly arr?: AstNode
    readonly cond?: AstNode
    readonly else_?: AstNode | null
    readonly left?: AstNode
    readonly right?: AstNode
    readonly body?: AstNode
    readonly expr?: AstNode
    readonly target?: AstNode
    readonly val?: AstNode
    readonly targets?: readonly AstNode[]
    findAll(type: AstNodeType): AstNode[]
  }
  type AstNodeType = abstract new (...args: never[]) => unknown
  export const parser: { parse(source: string): AstNode }
  export const nodes: { readonly Node: AstNodeType }

  /** Names of the code for what a template has set so far. */
  interface CompilerFrame {
    lookup(name: string): string | undefined
  }

  class Compiler {
    constructor(templateName: string, throwOnUndefined: boolean)
    protected readonly buffer: string
    compile(node: AstNode | undefined, frame?: unknown): void
    compileFunCall(node: AstNode, frame: unknown): void
    compileFilter(node: AstNode, frame: unknown): void
    compileIn(node: AstNode, frame: unknown): void
    compileCapture(node: AstNode, frame: unknown): void
    compileLookupVal(node: AstNode, frame: unknown): void
    compileSymbol(node: AstNode, frame: CompilerFrame): void
    protected _emitLoopBindings(node: AstNode, ...names: readonly string[]): void
    compileOutput(node: AstNode, frame: unknown): void
    protected _emit(code: string): void
    protected _emitLine(code: string): void
    protected _compileAggregate(node: AstNode | undefined, frame: unknown, start: string, end: string): void
    getCode(): string
  }
  export const compiler: { readonly Compiler: typeof Compiler }
  interface TemplateCode {
    readonly root: unknown
  }

  interface Template {
    getExported(callback: (error: Error | null, exported?: Record<string, unknown>) => void): void
  }
  interface Environment {
    readonly filters: Readonly<Record<string, unknown>>
    readonly globals: Readonly<Record<string, unknown>>
    readonly tests: Readonly<Record<string, unknown>>
    addGlobal(name: string, value: unknown): Environment
  }
}
