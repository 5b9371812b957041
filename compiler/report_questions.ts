// The plan's input -> what is asked when a run is over, to be told to people: how many rows its modules have written and how many
// duplicates they have removed, and the rows of the last days. Data like the rest of the plan; nothing here changes a table.

import { isStaged, type Table } from './catalog.js'
import { metadataRelation } from './metadata.js'
import type { PlanInput } from './plan.js'
import { sqlName } from './relation.js'
import { scanLimit, setLimits } from './scan_limits.js'
import { type Batch, inOrder, type Statement } from './statement.js'
import { statement } from './table_statements.js'

export interface ReportQuestion {
  /** `written`: a row per module; `per_day`: a row per day of one table. */
  readonly kind: 'written' | 'per_day'
  /** In order; the rows of the last one are the answer. */
  readonly statements: readonly Statement[]
}

export interface ReportQuestions {
  /** After every run of an invocation. */
  readonly eachRun: readonly ReportQuestion[]
  /** After the last one, once. */
  readonly atEnd: readonly ReportQuestion[]
}

export const noQuestions: ReportQuestions = { eachRun: [], atEnd: [] }

export const questionBatches = ({ eachRun, atEnd }: ReportQuestions): readonly Batch[] =>
  [...eachRun, ...atEnd].map(({ statements }) => inOrder(...statements))

export function reportQuestions(input: PlanInput): ReportQuestions {
  const lives = [...input.project.lives.values()].filter(({ module }) =>
    input.selected.has(`${module.name}.commit`),
  )
  const counted = lives.filter(({ module }) => module.definition.metadata).map(({ module }) => module.name)
  const drawn = lives.flatMap(({ module, committed }) =>
    committed.filter(({ name }) => name === module.definition.reports.per_day),
  )
  return {
    eachRun: counted.length === 0 ? [] : [{ kind: 'written', statements: [writtenRows(input, counted)] }],
    atEnd:
      input.reportDays === 0
        ? []
        : drawn.flatMap(table => {
            const statements = rowsPerDay(input, table)
            return statements.length === 0 ? [] : [{ kind: 'per_day' as const, statements }]
          }),
  }
}

/** The last row of each module: that of the run that has just ended, where it has committed. */
function writtenRows({ project, dialect }: PlanInput, modules: readonly string[]): Statement {
  const metadata = sqlName(metadataRelation(project.catalog))
  const names = modules.map(name => dialect.literal(name)).join(', ')
  return statement(
    'what this run has written and removed',
    `select m.module, m.rows_this_run, m.duplicate_rows_removed, m.distinct_keys_removed
from ${metadata} as m
inner join (
    select l.module, max(l.run_id) as run_id
    from ${metadata} as l
    where l.module in (${names})
    group by l.module
) as n on n.module = m.module and n.run_id = m.run_id`,
  )
}

/** Both ends of the range are given, or a planner would take it for a third of the table. */
function rowsPerDay(input: PlanInput, table: Table): readonly Statement[] {
  const { dialect, reportDays } = input
  const { time_key: time } = table.config
  if (time === undefined || isStaged(table)) return []
  const relation = sqlName(table.relation)
  const newest = scanLimit(dialect, `${table.name}_newest`, `select max(l.${time}) from ${relation} as l`)
  const first = dialect.addDays(`cast(${newest} as date)`, 1 - reportDays)
  const asked = statement(
    `rows of ${table.name} on its last ${reportDays} days`,
    `select ${dialect.literal(table.name)} as table_name, d.day, count(*) as day_rows
from (
    select cast(t.${time} as date) as day
    from ${relation} as t
    where t.${time} >= ${first}
        and t.${time} <= ${newest}
) as d
group by d.day
order by d.day`,
  )
  return setLimits(dialect, [inOrder(asked)]).flatMap(({ statements }) => statements)
}
