// A statement -> digests by which it is compared with that of another version. Names of schemas, and the suffix of tables,
// are made neutral: what is only called otherwise is told apart from what does something else. A text is read once.

import type { Compiled } from './compile.js'
import { digest } from './digest.js'
import type { StatementState, TargetState } from './manifest.js'
import { isWord, tokenTextsOf } from './sql_token_texts.js'
import { type Batch, needText, type Statement, whenText } from './statement.js'
import { StatementTemplates, type TokenTexts } from './statement_templates.js'
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

export class StatementDigests {
  /** By how names are made neutral, then by the digest of the text. */
  readonly #learned = new Map<string, ReadonlyMap<string, Digests>>()
  readonly #templates = new StatementTemplates()

  /** Takes over those of a state whose statements are mostly the same. */
  learn({ neutral: naming, nodes }: TargetState): void {
    const known = new Map(this.#learned.get(naming))
    for (const { statements } of nodes)
      for (const { purpose: _, ...digests } of statements) known.set(digests.text, digests)
    this.#learned.set(naming, known)
  }

  /**
   * @param batch how it runs with its neighbours
   * @param name of the table that it is about, or whatever it has in the place where others like it have another
   */
  of(statement: Statement, batch: Omit<Batch, 'statements'>, naming: Naming, name: string): Digests {
    const reading = readingOf(statement, batch)
    const whole = [reading.how, reading.sql, ...reading.conditions].join('\u0000')
    const text = digest(whole)
    const known = this.#learned.get(naming.digest)?.get(text)
    return known ?? { text, ...this.#digests(reading, whole, naming, name) }
  }

  #digests(reading: Reading, whole: string, naming: Naming, name: string): Omit<Digests, 'text'> {
    // One that makes a table from a select is like no other.
    const alike = reading.sql.startsWith('create ')
      ? undefined
      : this.#templates.texts(whole, naming, name, rename => tokenTexts(renamed(reading, rename), naming))
    const { effect, names, tokens, select } = alike ?? tokenTexts(reading, naming)
    return {
      effect,
      names: digest(names),
      tokens: digest(tokens),
      select: select === null ? null : digest(select),
    }
  }
}

/** All of a statement that is read. */
interface Reading {
  /** How it runs, in words of ours. */
  readonly how: string
  readonly sql: string
  readonly conditions: readonly string[]
}

function readingOf(statement: Statement, { transaction, when }: Omit<Batch, 'statements'>): Reading {
  const { sql, check, makesStatements, needs = [], onlyIf = [] } = statement
  return {
    how: [transaction, makesStatements ?? false, check ?? '', when ? whenText(when) : ''].join('\u0000'),
    sql,
    conditions: [...needs.map(needText), ...onlyIf],
  }
}

const renamed = ({ how, sql, conditions }: Reading, rename: (text: string) => string): Reading => ({
  how: rename(how),
  sql: rename(sql),
  conditions: conditions.map(rename),
})

function tokenTexts({ how, sql, conditions: queries }: Reading, naming: Naming): TokenTexts {
  const spelled = tokenTextsOf(sql, naming.backslashEscapes)
  const tokens = neutral(spelled, naming)
  const conditions = queries.map(query => tokenTextsOf(query, naming.backslashEscapes))
  const select = selectStart(tokens)
  // No text of one token runs into the next.
  const texts = (own: readonly string[], others: readonly (readonly string[])[]): string =>
    [how, own.join('\u0000'), ...others.map(other => other.join('\u0000'))].join('\u0000')
  return {
    effect: effectOf(tokens, select),
    names: texts(spelled, conditions),
    tokens: texts(
      tokens,
      conditions.map(query => neutral(query, naming)),
    ),
    select: select === -1 ? null : tokens.slice(select).join('\u0000'),
  }
}

/** Where the select of a `create table ... as` begins; -1 in all other statements. */
function selectStart(tokens: readonly string[]): number {
  if (tokens[0] !== 'create' || !tokens.slice(1, 5).includes('table')) return -1
  let depth = 0
  return tokens.findIndex(text => {
    if (text === ')' || text === ']') depth -= 1
    if (text === '(' || text === '[') depth += 1
    return depth === 0 && (text === 'select' || text === 'with')
  })
}

const definingWords: readonly (string | undefined)[] = ['create', 'alter', 'grant', 'analyze', 'lock']

function effectOf(tokens: readonly string[], select: number): StatementState['effect'] {
  const [first] = tokens
  if (first === 'drop') return 'drop'
  const isView = first === 'create' && tokens.slice(1, 4).includes('view')
  return definingWords.includes(first) && select === -1 && !isView ? 'definition' : 'rows'
}

function neutral(tokens: readonly string[], naming: Naming): readonly string[] {
  const { schemas, entropy } = naming
  const isTable = (index: number): boolean =>
    tokens[index - 1] === '.' && schemas.has(tokens[index - 2] ?? '')
  const tables = new Set(entropy === '' ? [] : tokens.filter((_, index) => isTable(index)))
  return tokens.map((text, index) => {
    if (text.startsWith("'")) return neutralText(text, naming)
    if (text.startsWith('$')) return neutralBody(text, naming)
    return isWord(text) ? neutralWord(text, index) : text
  })

  function neutralWord(text: string, index: number): string {
    const [before, behind] = [tokens[index - 1], tokens[index + 1]]
    const schema = schemas.get(text)
    if (schema) {
      const isSchema =
        behind === '.' || before === 'schema' || (before === 'exists' && tokens[1] === 'schema')
      if (isSchema) return schema
    }
    if (entropy === '') return text // all else is only called otherwise by it
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

/** What stands between `$$` and `$$` is SQL itself. */
function neutralBody(text: string, naming: Naming): string {
  const [, quote, body] = /^(\$(?:[A-Za-z_]\w*)?\$)(.*)\1$/s.exec(text) ?? []
  if (quote === undefined || body === undefined) return text
  return [quote, ...neutral(tokenTextsOf(body, naming.backslashEscapes), naming), quote].join('\u0000')
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
