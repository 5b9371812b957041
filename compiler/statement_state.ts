// A statement -> digests by which it is compared with that of another version. Names of schemas, and the suffix of tables,
// are made neutral: what is only called otherwise is told apart from what does something else. A text is read once.

import type { Compiled } from './compile.js'
import { digest } from './digest.js'
import type { StatementState, TargetState } from './manifest.js'
import { type Token, tokensOf, tokenText } from './sql_tokens.js'
import { type Batch, needText, type Statement, whenText } from './statement.js'
import type { VariableValue } from './variable_declaration.js'

export interface Naming {
  /** By module, '' for the project: the variables that names of tables come from, and that decide which there are. */
  readonly values: Readonly<Record<string, Readonly<Record<string, VariableValue>>>>
  /** Names of schemas, each with a word for what it is used for. */
  readonly schemas: ReadonlyMap<string, string>
  readonly entropy: string
  /** What tables are called without it. */
  readonly tables: ReadonlySet<string>
  readonly backslashEscapes: boolean
  /** Of all that decides how a statement reads when its names are neutral. */
  readonly digest: string
}

const schemaVariables = ['scratch_schema', 'output_schema', 'input_schema']
const namingVariables: readonly string[] = [...schemaVariables, 'entropy', 'skip_derived', 'stage_next']

export function namingOf({ project, input, graph }: Pick<Compiled, 'project' | 'input' | 'graph'>): Naming {
  const value = (module: string | undefined, name: string): VariableValue | undefined =>
    project.variables.value(module, name)
  const entropy = String(value(undefined, 'entropy') ?? '')
  const modules = [undefined, ...project.modules.keys()]
  const { backslashEscapes } = input.dialect
  const tables = [...graph.catalog.tables.keys()].map(name => name.toLowerCase()).sort()
  const uses = new Map<string, Set<string>>()
  for (const module of modules)
    for (const name of schemaVariables) {
      const schema = String(value(module, name)).toLowerCase()
      uses.set(schema, (uses.get(schema) ?? new Set()).add(name))
    }
  const schemas = [...uses].map(([schema, names]) => [schema, `@${[...names].sort().join('+')}`] as const)
  return {
    values: Object.fromEntries(
      modules.map(module => [
        module ?? '',
        Object.fromEntries(namingVariables.map(name => [name, value(module, name) ?? null])),
      ]),
    ),
    schemas: new Map(schemas),
    entropy: entropy.toLowerCase(),
    tables: new Set(tables),
    backslashEscapes,
    // Without entropy no name of a table is touched.
    digest: digest(JSON.stringify([schemas, entropy, entropy === '' ? [] : tables, backslashEscapes])),
  }
}

type Digests = Omit<StatementState, 'purpose'>

/** By how names are made neutral; of each statement the digest of its text, then the others. */
export type KeptDigests = Readonly<Record<string, readonly Digests[]>>

export class StatementDigests {
  /** By how names are made neutral, then by the digest of the text. */
  readonly #learned = new Map<string, Map<string, Digests>>()
  readonly #used = new Map<string, Map<string, Digests>>()
  /** Whether there are more than were learned. */
  isNew = false

  /** Takes over those of a state whose statements are mostly the same. */
  learn({ neutral: naming, nodes }: TargetState): void {
    const known = under(this.#learned, naming)
    for (const { statements } of nodes)
      for (const { purpose: _, ...digests } of statements) known.set(digests.text, digests)
  }

  learnKept(kept: KeptDigests): void {
    for (const [naming, all] of Object.entries(kept)) {
      const known = under(this.#learned, naming)
      for (const digests of all) known.set(digests.text, digests)
    }
  }

  /** Those that were asked for. */
  toKeep(): KeptDigests {
    return Object.fromEntries([...this.#used].map(([naming, known]) => [naming, [...known.values()]]))
  }

  /** @param batch how it runs with its neighbours */
  of(statement: Statement, batch: Omit<Batch, 'statements'>, naming: Naming): Digests {
    const { transaction, when } = batch
    const { sql, check, makesStatements } = statement
    const how = [transaction, makesStatements ?? false, check ?? '', when ? whenText(when) : ''].join(
      '\u0000',
    )
    const text = digest([how, sql, ...conditionsOf(statement)].join('\u0000'))
    const used = under(this.#used, naming.digest)
    const known = used.get(text) ?? under(this.#learned, naming.digest).get(text)
    const found = known ?? { text, ...tokenDigests(statement, how, naming) }
    this.isNew ||= known === undefined
    used.set(text, found)
    return found
  }
}

function under(all: Map<string, Map<string, Digests>>, naming: string): Map<string, Digests> {
  const known = all.get(naming) ?? new Map<string, Digests>()
  all.set(naming, known)
  return known
}

const conditionsOf = ({ needs = [], onlyIf = [] }: Statement): readonly string[] => [
  ...needs.map(needText),
  ...onlyIf,
]

function tokenDigests(statement: Statement, how: string, naming: Naming): Omit<Digests, 'text'> {
  const spelled = tokensOf(statement.sql, naming.backslashEscapes)
  const tokens = neutral(spelled, naming)
  const conditions = conditionsOf(statement).map(query => tokensOf(query, naming.backslashEscapes))
  const select = selectStart(tokens)
  const texts = (own: readonly Token[], others: readonly (readonly Token[])[]): string =>
    [how, tokenText(own), ...others.map(tokenText)].join('\u0000')
  return {
    effect: effectOf(tokens, select),
    names: digest(texts(spelled, conditions)),
    tokens: digest(
      texts(
        tokens,
        conditions.map(query => neutral(query, naming)),
      ),
    ),
    select: select === -1 ? null : digest(tokenText(tokens.slice(select))),
  }
}

/** Where the select of a `create table ... as` begins; -1 in all other statements. */
function selectStart(tokens: readonly Token[]): number {
  if (tokens[0]?.text !== 'create' || tokens.slice(1, 5).every(({ text }) => text !== 'table')) return -1
  let depth = 0
  return tokens.findIndex(({ kind, text }) => {
    if (kind === 'symbol') {
      if (text === ')' || text === ']') depth -= 1
      if (text === '(' || text === '[') depth += 1
    }
    return depth === 0 && kind === 'word' && (text === 'select' || text === 'with')
  })
}

function effectOf(tokens: readonly Token[], select: number): StatementState['effect'] {
  const [first] = tokens
  if (first?.text === 'drop') return 'drop'
  const definition = ['create', 'alter', 'grant', 'analyze', 'lock'].includes(first?.text ?? '')
  const isView = first?.text === 'create' && tokens.slice(1, 4).some(({ text }) => text === 'view')
  return definition && select === -1 && !isView ? 'definition' : 'rows'
}

function neutral(tokens: readonly Token[], naming: Naming): readonly Token[] {
  const isTable = (index: number): boolean =>
    tokens[index - 1]?.text === '.' && naming.schemas.has(tokens[index - 2]?.text ?? '')
  const tables = new Set<string>()
  tokens.forEach(({ text }, index) => {
    if (isTable(index)) tables.add(text)
  })
  return tokens.map((token, index): Token => {
    if (token.kind !== 'word' && token.kind !== 'string') return token
    const text = token.kind === 'string' ? neutralText(token.text, naming) : neutralWord(token.text, index)
    return text === token.text ? token : { kind: token.kind, text }
  })

  function neutralWord(text: string, index: number): string {
    const [before, behind] = [tokens[index - 1]?.text, tokens[index + 1]?.text]
    const schema = naming.schemas.get(text)
    if (schema) {
      const isSchema =
        behind === '.' || before === 'schema' || (before === 'exists' && tokens[1]?.text === 'schema')
      if (isSchema) return schema
    }
    if (naming.entropy === '') return text // all else is only called otherwise by it
    const isName = isTable(index) || before === 'to' || (behind === '.' && tables.has(text))
    if (isName) return withoutEntropy(text, naming)
    return text.endsWith('_idx') ? neutralIndex(text, naming) : text
  }
}

const withoutEntropy = (word: string, { entropy }: Naming): string =>
  entropy !== '' && word.toLowerCase().endsWith(entropy) ? word.slice(0, -entropy.length) : word

/** The name of an index has that of its table in it. */
const neutralIndex = (word: string, { entropy }: Naming): string =>
  entropy === '' ? word : word.replace(`${entropy}_`, '_')

/** A literal that is a name, or `schema.name`, as queries of a catalog have it. */
function neutralText(literal: string, naming: Naming): string {
  const name = /^'([A-Za-z_][\w$]*\.)?([A-Za-z_][\w$]*)'$/.exec(literal)
  if (!name) return literal
  const [, schema = '', table = ''] = name
  const known = naming.schemas.get(schema.slice(0, -1).toLowerCase())
  if (known) return `'${known}.${withoutEntropy(table, naming)}'`
  const whole = naming.schemas.get(table.toLowerCase())
  if (schema !== '' || whole) return whole ? `'${whole}'` : literal
  const bare = withoutEntropy(table, naming)
  return bare !== table && beginsWithOneOf(bare.toLowerCase(), naming.tables) ? `'${bare}'` : literal
}

function beginsWithOneOf(word: string, names: ReadonlySet<string>): boolean {
  for (let length = 0; length <= word.length; length++) if (names.has(word.slice(0, length))) return true
  return false
}

/** What a statement is for, in the same words whatever schemas and tables are called. */
export function neutralPurpose(purpose: string, naming: Naming): string {
  const isSchema = purpose.startsWith('the schema ')
  if (!isSchema && !purpose.includes('.')) return purpose
  return purpose
    .split(' ')
    .map(word => {
      const [schema = '', table] = word.split('.')
      const known = naming.schemas.get(schema)
      if (table !== undefined && known) return `${known}.${withoutEntropy(table, naming)}`
      return known && isSchema ? known : word
    })
    .join(' ')
}
