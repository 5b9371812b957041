// Every statement of every variant of the compiled SQL is parsed: Postgres' by Postgres' own parser, Redshift's and
// Snowflake's by one that knows those dialects. Where that one is wrong, test/grammar/false_alarms.json says how and why.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { Dialect, validate } from '@polyglot-sql/sdk'
import { parse } from 'libpg-query'
import { postgresDialect } from '../adapters/postgres/dialect.js'
import { redshiftDialect } from '../adapters/redshift/dialect.js'
import { snowflakeDialect } from '../adapters/snowflake/dialect.js'
import { everyStatement } from './grammar/variants.js'
import { packageDirectory } from './support.js'

interface FalseAlarm {
  readonly dialect: string
  /** What the parser does not know, as a regular expression, and what says as much in its grammar. */
  readonly find: string
  readonly put: string
  readonly reason: string
}

const falseAlarms = JSON.parse(
  readFileSync(join(packageDirectory, 'test', 'grammar', 'false_alarms.json'), 'utf8'),
) as readonly FalseAlarm[]

/** What the parser says of a statement, undefined where it has nothing to say. */
type Parser = (sql: string) => Promise<string | undefined>

const postgresParser: Parser = async sql => {
  try {
    const { stmts = [] } = await parse(sql)
    return stmts.length === 1 ? undefined : `${stmts.length} statements`
  } catch (cause) {
    return (cause as Error).message
  }
}

const otherParser =
  (dialect: Dialect, alarms: readonly FalseAlarm[]): Parser =>
  async sql => {
    const known = alarms.reduce((text, { find, put }) => text.replaceAll(new RegExp(find, 'g'), put), sql)
    const { errors } = validate(known, dialect)
    return errors.length === 0
      ? undefined
      : errors.map(({ message, line }) => `line ${line}: ${message}`).join('; ')
  }

const alarmsOf = (name: string): readonly FalseAlarm[] =>
  falseAlarms.filter(({ dialect }) => dialect === name)

const parsers = [
  { dialect: postgresDialect, parser: postgresParser },
  { dialect: redshiftDialect, parser: otherParser(Dialect.Redshift, alarmsOf('redshift')) },
  { dialect: snowflakeDialect, parser: otherParser(Dialect.Snowflake, alarmsOf('snowflake')) },
]

for (const { dialect, parser } of parsers) {
  describe(`the grammar of ${dialect.name}`, () => {
    const statements = everyStatement(dialect)

    test('every statement of every variant is parsed', async () => {
      assert.ok(statements.length > 500, `only ${statements.length} statements`)
      const faults: string[] = []
      for (const sql of statements) {
        const fault = await parser(sql)
        if (fault !== undefined) faults.push(`${fault}\n${sql}`)
      }
      assert.deepEqual(faults, [])
    })

    test('every question of debug is parsed', async () => {
      const { access } = dialect
      const asked = [
        access.createSchemas('web', 'trial'),
        access.createTables('derived', 'trial'),
        access.useSchema('atomic'),
      ].flatMap(({ statements: tried, undo }) => [...tried, ...undo])
      const relation = { schema: 'atomic', name: 'events' }
      for (const sql of [...asked, access.session, access.columns(relation), dialect.schemaExists('derived')])
        assert.equal(await parser(sql), undefined, sql)
    })

    test('a statement that is none is refused', async () => {
      for (const sql of ['select 1 from from x', 'create table x (a int', 'select a b c from x', 'select (1'])
        assert.notEqual(await parser(sql), undefined, sql)
    })

    test('every false alarm is still one', () => {
      for (const { find } of alarmsOf(dialect.name))
        assert.ok(
          statements.some(sql => new RegExp(find).test(sql)),
          `nothing has ${find}`,
        )
    })
  })
}
