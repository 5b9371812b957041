// A statement -> the same under `explain analyze`, which runs it and tells what it has read and written: for `run --timings`.
// Of a table that is built from a select it is what the select went through; the pages of the table itself do not count.

import type { Measured, QueryResult } from '../driver.js'

const changesRows = /^(insert|delete|update|create (unlogged )?table \S+ as)\s/i

/** Undefined where it is none that builds or changes rows: its answer counts, or there is nothing to explain. */
export const measuring = (sql: string): string | undefined =>
  changesRows.test(sql) ? `explain (analyze, buffers, wal, timing off, format json)\n${sql}` : undefined

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  /** `InitPlan` of what is only asked beforehand, such as a condition. */
  readonly 'Parent Relationship'?: string
  readonly Plans?: readonly PlanNode[]
  readonly [measure: string]: unknown
}

/** What the server has answered to it: the rows that it built or changed, and the pages of 8 kB that it went through. */
export function readMeasured({ rows }: QueryResult): Measured {
  const [{ Plan: plan }] = JSON.parse(String(rows[0]?.[0])) as [{ Plan: PlanNode }]
  const source =
    plan['Node Type'] === 'ModifyTable'
      ? plan.Plans?.find(node => node['Parent Relationship'] === 'Outer')
      : plan
  const pages = (name: string): number => Number(plan[`${name} Blocks`] ?? 0)
  return {
    rowCount: source ? Math.round(source['Actual Rows'] * source['Actual Loops']) : 0,
    buffers: {
      hit: pages('Shared Hit'),
      read: pages('Shared Read'),
      dirtied: pages('Shared Dirtied'),
      temporary: pages('Temp Read') + pages('Temp Written'),
      log_bytes: Number(plan['WAL Bytes'] ?? 0),
    },
  }
}
