// A declared test -> the template of a select of the rows that fail it, and the words for them.

import type { DeclaredTest } from './declared_tests.js'
import type { DataTest } from './test_config.js'
import type { Subject } from './tested_tables.js'

/** Column of the failing rows that is 1 where another system has written the row. */
export const inheritedColumn = 'inherited'

/** The template that selects failing rows, as a person would write it in a file. */
export function testSelect(test: DeclaredTest, subject: Subject): string {
  const { kind, columns, args } = test
  const [column = ''] = columns
  switch (kind) {
    case 'unique':
      return grouped(test, subject, anyOf(columns), 'having count(*) > 1')
    case 'accepted_values':
      return grouped(test, subject, [`t.${column} not in (${valueList(args)})`], '')
    case 'not_null':
      return rows(test, subject, columns.map(name => `t.${name} is null`).join(' or '), columns)
    case 'relationships':
      return rows(
        test,
        subject,
        `t.${column} is not null\n    and not exists (select 1 from {{ ${target(args.to)} }} as p where p.${args.field} = t.${column})`,
        columns,
      )
    case 'expression': {
      const condition = conditionOf(test)
      return rows(test, subject, `not ${bracketed(condition)}`, mentioned(condition, subject))
    }
  }
}

/** Of several columns a row counts where one of them has a value. */
const anyOf = (columns: readonly string[]): readonly string[] => {
  const present = columns.map(column => `t.${column} is not null`)
  return present.length === 1 ? present : [`(${present.join(' or ')})`]
}

function grouped(
  test: DeclaredTest,
  subject: Subject,
  conditions: readonly string[],
  having: string,
): string {
  const keys = test.columns.map(column => `t.${column}`)
  const inherited = inheritedOf(subject)
  const list = [
    ...keys,
    'count(*) as copies',
    ...(inherited ? [`min(${inherited}) as ${inheritedColumn}`] : []),
  ]
  return lines([
    selectList(list),
    `from {{ ${subject.written} }} as t`,
    whereOf([...conditions, ...ownCondition(test)]),
    `group by ${keys.join(', ')}`,
    having,
  ])
}

function rows(
  test: DeclaredTest,
  subject: Subject,
  condition: string,
  shown: readonly string[] | undefined,
): string {
  const inherited = inheritedOf(subject)
  const columns =
    subject.keys.length === 0 || shown === undefined
      ? ['t.*']
      : [...new Set([...subject.keys, ...shown])].map(column => `t.${column}`)
  const own = ownCondition(test)
  const isBracketed = own.length === 0 || !condition.includes(' or ')
  return lines([
    selectList([...columns, ...(inherited ? [`${inherited} as ${inheritedColumn}`] : [])]),
    `from {{ ${subject.written} }} as t`,
    whereOf([isBracketed ? condition : `(${condition})`, ...own]),
  ])
}

const lines = (parts: readonly string[]): string => parts.filter(part => part !== '').join('\n')
const selectList = (columns: readonly string[]): string =>
  `select\n${columns.map(column => `    ${column}`).join(',\n')}`
const whereOf = (conditions: readonly string[]): string => `where ${conditions.join('\n    and ')}`

const ownCondition = ({ config }: DeclaredTest): readonly string[] =>
  config.where === undefined ? [] : [bracketed(config.where)]

/** A comment at the end of a condition would take the bracket away. */
const bracketed = (condition: string): string => {
  const text = condition.trim()
  return text.includes('--') ? `(${text}\n)` : `(${text})`
}

const inheritedOf = ({ name, inheritedBy }: Subject): string | undefined =>
  inheritedBy === undefined ? undefined : `{{ inherited('${name}', 't.${inheritedBy}') }}`

/** As a literal of the warehouse; as they stand where they are not to be quoted. */
const valueList = ({ values = [], quote = true }: DeclaredTest['args']): string =>
  quote ? `{{ literal(${JSON.stringify(values.map(String))}) }}` : values.map(String).join(', ')

/** `ref('users')`, whether it stands in braces or not. */
const target = (to = ''): string => to.trim().replace(/^\{\{/, '').replace(/\}\}$/, '').trim()

const startsWithOperator = /^(=|<|>|!=|~|is\b|in\b|between\b|i?like\b|not\s+(in|between|i?like)\b)/i

/** At a column a condition may begin with an operator: `>= 0`. */
function conditionOf({ columns, args }: DeclaredTest): string {
  const condition = args.expression?.trim() ?? ''
  const [column] = columns
  return column !== undefined && startsWithOperator.test(condition) ? `t.${column} ${condition}` : condition
}

/** The columns of the table that a condition names; undefined where it names none that is known. */
function mentioned(condition: string, { columns }: Subject): readonly string[] | undefined {
  const words = new Set(condition.toLowerCase().match(/[a-z_][a-z0-9_$]*/g) ?? [])
  const found = (columns ?? []).filter(column => words.has(column.toLowerCase()))
  return found.length > 0 ? found : undefined
}

export function wordsOf(test: DeclaredTest): DataTest['words'] {
  const { kind, tested, columns, args } = test
  const model = tested.name
  const list = columns.join(', ')
  const several = columns.length > 1
  switch (kind) {
    case 'unique':
      return several
        ? {
            one: `combination of ${list} in ${model} stands more than once`,
            many: `combinations of ${list} in ${model} stand more than once`,
          }
        : {
            one: `value of ${model}.${list} stands more than once`,
            many: `values of ${model}.${list} stand more than once`,
          }
    case 'not_null':
      return several
        ? { one: `row of ${model} lacks one of ${list}`, many: `rows of ${model} lack one of ${list}` }
        : { one: `row of ${model} has no ${list}`, many: `rows of ${model} have no ${list}` }
    case 'accepted_values': {
      const values = shortened((args.values ?? []).join(', '))
      return {
        one: `value of ${model}.${list} is none of ${values}`,
        many: `values of ${model}.${list} are none of ${values}`,
      }
    }
    case 'relationships': {
      const parent = `${nameOfTarget(args.to)}.${args.field}`
      return {
        one: `row of ${model} has a ${list} that is not in ${parent}`,
        many: `rows of ${model} have a ${list} that is not in ${parent}`,
      }
    }
    case 'expression': {
      const condition = shortened(conditionOf(test).replace(/^t\./, '').replaceAll(/\s+/g, ' '))
      return {
        one: `row of ${model} does not meet: ${condition}`,
        many: `rows of ${model} do not meet: ${condition}`,
      }
    }
  }
}

/** The table that a `to` names: `users`, or `shop.orders` of a source. */
export const nameOfTarget = (to = ''): string =>
  [...to.matchAll(/(['"])([^'"]*)\1/g)].map(([, , name]) => name).join('.')

const shortened = (text: string): string => (text.length > 80 ? `${text.slice(0, 77)}...` : text)
