// Expected rows and those that a model gives -> what differs between them. Their order does not matter; rows that differ in
// some cells are put side by side with those that they are most like.

export type ComparedRow = readonly (string | null)[]

/** A row of the one side, of the other, or of both: then they differ in the cells that are not the same. */
export interface DifferentRow {
  /** Null: there is a row that nobody expects. */
  readonly expected: ComparedRow | null
  /** Null: the row that is expected is missing. */
  readonly got: ComparedRow | null
}

export interface Difference {
  readonly columns: readonly string[]
  /** How many rows are as expected. */
  readonly equal: number
  readonly expected: number
  readonly got: number
  readonly rows: readonly DifferentRow[]
  /** Columns that tell rows apart, if the model has any. */
  readonly keys: readonly string[]
}

/** Above this many pairs rows are not put side by side. */
const mostPairs = 250_000

/** Undefined where both have the same rows, each as often. */
export function differenceOf(
  columns: readonly string[],
  keys: readonly string[],
  expected: readonly ComparedRow[],
  got: readonly ComparedRow[],
): Difference | undefined {
  const extra = new Map<string, ComparedRow[]>()
  for (const row of got) {
    const key = JSON.stringify(row)
    extra.set(key, [...(extra.get(key) ?? []), row])
  }
  const missing = expected.filter(row => extra.get(JSON.stringify(row))?.pop() === undefined)
  const left = [...extra.values()].flat().sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  if (missing.length === 0 && left.length === 0) return undefined
  return {
    columns,
    equal: expected.length - missing.length,
    expected: expected.length,
    got: got.length,
    rows: pairsOf(missing, left, likeness(columns, keys)),
    keys: keys.filter(key => columns.includes(key)),
  }
}

type Likeness = (a: ComparedRow, b: ComparedRow) => number

/** How many cells two rows have in common; rows with unlike keys have nothing to do with one another. */
function likeness(columns: readonly string[], keys: readonly string[]): Likeness {
  const positions = keys.map(key => columns.indexOf(key))
  const hasKey = positions.length > 0 && !positions.includes(-1)
  return (a, b) => {
    if (hasKey) return positions.every(index => a[index] === b[index]) ? 1 : -1
    return a.filter((cell, index) => cell === b[index] && cell !== null).length
  }
}

/** The likest first; what is left over stands alone. */
function pairsOf(
  missing: readonly ComparedRow[],
  extra: readonly ComparedRow[],
  like: Likeness,
): readonly DifferentRow[] {
  const partners = new Map<number, number>()
  if (missing.length * extra.length <= mostPairs) {
    const taken = new Set<number>()
    const candidates = missing
      .flatMap((row, m) => extra.map((other, e) => ({ m, e, like: like(row, other) })))
      .filter(({ like: alike }, _, all) => alike > 0 || (alike === 0 && all.length === 1))
      .sort((a, b) => b.like - a.like || a.m - b.m || a.e - b.e)
    for (const { m, e } of candidates) {
      if (partners.has(m) || taken.has(e)) continue
      partners.set(m, e)
      taken.add(e)
    }
  }
  const taken = new Set(partners.values())
  return [
    ...missing.map((expected, m): DifferentRow => {
      const partner = partners.get(m)
      return { expected, got: partner === undefined ? null : (extra[partner] ?? null) }
    }),
    ...extra.filter((_, e) => !taken.has(e)).map((got): DifferentRow => ({ expected: null, got })),
  ]
}
