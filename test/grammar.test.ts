// Every statement of every variant of the compiled SQL is parsed: Postgres' by Postgres' own parser, Redshift's and
// Snowflake's by one that knows those dialects. Where that one is wrong,
// compiler/check/false_alarms.ts says how and why.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parse } from 'libpg-query'
import { postgresDialect } from '../adapters/postgres/dialect.js'
import { redshiftDialect } from '../adapters/redshift/dialect.js'
import { snowflakeDialect } from '../adapters/snowflake/dialect.js'
import { falseAlarms } from '../compiler/check/false_alarms.js'
import { loadGrammar } from '../compiler/check/grammar.js'
import { everyStatement } from './grammar/variants.js'

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

const grammar = await loadGrammar()

const otherParser =
  (dialect: string): Parser =>
  async sql => {
    const complaints = grammar?.(sql, dialect) ?? [{ message: 'the parser is not installed' }]
    return complaints.length === 0 ? undefined : complaints.map(({ message }) => message).join('; ')
  }

const parsers = [
  { dialect: postgresDialect, parser: postgresParser },
  { dialect: redshiftDialect, parser: otherParser('redshift') },
  { dialect: snowflakeDialect, parser: otherParser('snowflake') },
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
      for (const { find } of falseAlarms.filter(alarm => alarm.dialect === dialect.name))
        assert.ok(
          statements.some(sql => sql.search(find) !== -1),
          `nothing has ${find}`,
        )
    })
  })
}
