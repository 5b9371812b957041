// What is declared of the columns of a table, and what its select says of them -> the columns as the manifest holds them.

import type { ColumnState } from './manifest.js'

interface DeclaredTable {
  readonly columns: readonly { readonly name: string; readonly type?: string | undefined }[]
  /** undefined for a custom model's */
  readonly module: unknown
}

/** Declared types win; what a column is computed from is the select's. */
export function columnsOf(
  table: DeclaredTable | undefined,
  selected: readonly ColumnState[] | undefined,
): readonly ColumnState[] | null {
  if (!table || table.columns.length === 0) return selected ?? null
  if (!table.module && selected) {
    // What a project declares of its own model describes it; the select makes it.
    const declared = new Map(table.columns.map(({ name, type }) => [name, type]))
    return selected.map(column => ({ ...column, type: declared.get(column.name) ?? column.type }))
  }
  const found = new Map(selected?.map(column => [column.name, column]))
  return table.columns.map(({ name, type }) => ({
    name,
    type: type ?? found.get(name)?.type ?? null,
    hash: found.get(name)?.hash ?? null,
  }))
}
