// A statement of a manifest -> what of it is compared with another version of it: its tokens, as they are and with neutral names. Names
// of schemas, and the suffix of tables, are made neutral: what is only called otherwise is told apart from what does something else.

import type { StatementState, TargetState } from './manifest.js'
import { isWord, tokenTextsOf } from './sql_token_texts.js'

/** What the names in statements are made neutral by. */
export interface NeutralNames {
  /** Names of schemas, each with a word for what it is used for. */
  readonly schemas: ReadonlyMap<string, string>
  readonly entropy: string
  /** What tables are called without it. */
  readonly tables: ReadonlySet<string>
  readonly backslashEscapes: boolean
}

/** The variables that say which schemas there are. */
export const schemaVariables = ['scratch_schema', 'output_schema', 'input_schema'] as const

export function neutralNamesOf({
  naming,
  tables,
  backslash_escapes: backslashEscapes,
}: Pick<TargetState, 'naming' | 'tables' | 'backslash_escapes'>): NeutralNames {
  const uses = new Map<string, Set<string>>()
  for (const values of Object.values(naming))
    for (const name of schemaVariables) {
      const schema = String(values[name]).toLowerCase()
      uses.set(schema, (uses.get(schema) ?? new Set()).add(name))
    }
  return {
    schemas: new Map([...uses].map(([schema, names]) => [schema, `@${[...names].sort().join('+')}`])),
    entropy: String(naming['']?.['entropy'] ?? '').toLowerCase(),
    tables: new Set(tables),
    backslashEscapes,
  }
}

/** A statement, read. */
export interface ComparedStatement {
  /** `definition`: of a table or a grant; `rows`: what is written or asked. */
  readonly effect: 'definition' | 'drop' | 'rows'
  /** Its tokens, those of the conditions under which it runs, and how it runs. */
  readonly names: string
  /** The same, with neutral names. */
  readonly tokens: string
  /** The tokens of the select that a `create table as` ends with; null for all others. */
  readonly select: string | null
}

export function comparedStatement(
  { purpose: _, sql, only_if: queries = [], ...how }: StatementState,
  names: NeutralNames,
): ComparedStatement {
  const spelled = tokenTextsOf(sql, names.backslashEscapes)
  const tokens = neutral(spelled, names)
  const conditions = queries.map(query => tokenTextsOf(query, names.backslashEscapes))
  const select = selectStart(tokens)
  return {
    effect: effectOf(tokens, select),
    names: JSON.stringify([how, spelled, conditions]),
    tokens: JSON.stringify([how, tokens, conditions.map(query => neutral(query, names))]),
    select: select === -1 ? null : JSON.stringify(tokens.slice(select)),
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

function effectOf(tokens: readonly string[], select: number): ComparedStatement['effect'] {
  const [first] = tokens
  if (first === 'drop') return 'drop'
  const isView = first === 'create' && tokens.slice(1, 4).includes('view')
  return definingWords.includes(first) && select === -1 && !isView ? 'definition' : 'rows'
}

function neutral(tokens: readonly string[], names: NeutralNames): readonly string[] {
  const { schemas, entropy } = names
  const isTable = (index: number): boolean =>
    tokens[index - 1] === '.' && schemas.has(tokens[index - 2] ?? '')
  const tables = new Set(entropy === '' ? [] : tokens.filter((_, index) => isTable(index)))
  return tokens.map((text, index) => {
    if (text.startsWith("'")) return neutralText(text, names)
    if (text.startsWith('$')) return neutralBody(text, names)
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
    if (isName) return withoutEntropy(text, names)
    return text.endsWith('_idx') ? neutralIndex(text, names) : text
  }
}

const withoutEntropy = (word: string, { entropy }: NeutralNames): string =>
  entropy !== '' && word.toLowerCase().endsWith(entropy) ? word.slice(0, -entropy.length) : word

/** The name of an index has that of its table in it. */
const neutralIndex = (word: string, { entropy }: NeutralNames): string =>
  entropy === '' ? word : word.replace(`${entropy}_`, '_')

/** A literal that is a name, or `schema.name`, as queries of a catalog have it. */
function neutralText(literal: string, names: NeutralNames): string {
  const name = /^'([A-Za-z_][\w$]*\.)?([A-Za-z_][\w$]*)'$/.exec(literal)
  if (!name) return literal
  const [, schema = '', table = ''] = name
  const known = names.schemas.get(schema.slice(0, -1).toLowerCase())
  if (known) return `'${known}.${withoutEntropy(table, names)}'`
  const whole = names.schemas.get(table.toLowerCase())
  if (schema !== '' || whole) return whole ? `'${whole}'` : literal
  const bare = withoutEntropy(table, names)
  return bare !== table && beginsWithOneOf(bare.toLowerCase(), names.tables) ? `'${bare}'` : literal
}

/** What stands between `$$` and `$$` is SQL itself. */
function neutralBody(text: string, names: NeutralNames): string {
  const [, quote, body] = /^(\$(?:[A-Za-z_]\w*)?\$)(.*)\1$/s.exec(text) ?? []
  if (quote === undefined || body === undefined) return text
  return [quote, ...neutral(tokenTextsOf(body, names.backslashEscapes), names), quote].join('\u0000')
}

function beginsWithOneOf(word: string, names: ReadonlySet<string>): boolean {
  for (let length = 0; length <= word.length; length++) if (names.has(word.slice(0, length))) return true
  return false
}

/** What a statement is for, in the same words whatever schemas and tables are called. */
export function neutralPurpose(purpose: string, names: NeutralNames): string {
  const isSchema = purpose.startsWith('the schema ')
  if (!isSchema && !purpose.includes('.')) return purpose
  return purpose
    .split(' ')
    .map(word => {
      const [schema = '', table] = word.split('.')
      const known = names.schemas.get(schema)
      if (table !== undefined && known) return `${known}.${withoutEntropy(table, names)}`
      return known && isSchema ? known : word
    })
    .join(' ')
}
