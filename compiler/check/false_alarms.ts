// What the parser of Redshift's and Snowflake's grammar refuses and those warehouses take.

interface FalseAlarm {
  readonly dialect: string
  /** What the parser does not know, as a regular expression, and what says as much in its grammar. */
  readonly find: RegExp
  readonly put: string
  readonly reason: string
}

const deleteUsing = { find: /^delete from (\S+)\nusing \S+ as u\nwhere/g, put: 'delete from $1\nwhere' }

export const falseAlarms: readonly FalseAlarm[] = [
  {
    dialect: 'redshift',
    ...deleteUsing,
    reason:
      "DELETE FROM table USING table WHERE condition is Redshift's form of a delete by another table; the parser does not know it.",
  },
  {
    dialect: 'snowflake',
    ...deleteUsing,
    reason:
      "DELETE FROM table USING table WHERE condition is Snowflake's form of a delete by another table; the parser does not know it.",
  },
  {
    dialect: 'snowflake',
    find: /\ncluster by \(to_date\((\w+)\)\)/g,
    put: '\ncluster by ($1)',
    reason: 'A clustering key may be an expression; the parser knows only columns.',
  },
]
