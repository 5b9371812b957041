// The parts of nunjucks that its published types leave out: the parser, its nodes and the names a template exports.

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
    findAll(type: AstNodeType): AstNode[]
  }
  type AstNodeType = abstract new (...args: never[]) => unknown
  export const parser: { parse(source: string): AstNode }
  export const nodes: Readonly<Record<string, AstNodeType>>

  interface Template {
    getExported(callback: (error: Error | null, exported?: Record<string, unknown>) => void): void
  }
  interface Environment {
    addGlobal(name: string, value: unknown): Environment
  }
}
