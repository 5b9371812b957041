// The text of a CSV file -> its records, each with its line, up to where it is none.

import { parse } from 'csv-parse/sync'

export interface CsvRecord {
  /** An empty field without quotes is NULL. */
  readonly values: readonly (string | null)[]
  /** Where it ends, from 1. */
  readonly line: number
}

/** How many records of another length than the first are read: the reader takes long over each of them. */
export const mostRagged = 1000

export interface CsvRecords {
  readonly records: readonly CsvRecord[]
  /** From which line on it is no CSV, and what is wrong with it. */
  readonly broken: { readonly line: number; readonly cause: string } | undefined
}

/** What to do about a text that is no CSV. */
export const csvHint = 'A value with a quote in it stands in quotes, the quote doubled: "a ""b"" c".'

export function csvRecords(text: string): CsvRecords {
  const records: CsvRecord[] = []
  const orNull = (value: string): string | null => (value === '' ? null : value)
  // To ask of each field whether it stood in quotes takes most of the time that reading takes.
  const quotesEmpty = /(^|[,\n\r])""([,\n\r]|$)/.test(text)
  let ragged = 0
  const enough = new Error('enough records of another length')
  try {
    parse(text, {
      ...(quotesEmpty && {
        cast: (value, { quoting }) => (quoting ? value : orNull(value)),
      }),
      skip_empty_lines: true,
      relax_column_count: true,
      on_record: (values: string[], { lines }) => {
        records.push({ values: quotesEmpty ? values : values.map(orNull), line: lines })
        if (values.length !== records[0]?.values.length) ragged += 1
        if (ragged > mostRagged) throw enough
      },
    })
  } catch (cause) {
    if (cause === enough) return { records, broken: undefined }
    return { records, broken: { line: (records.at(-1)?.line ?? 0) + 1, cause: (cause as Error).message } }
  }
  return { records, broken: undefined }
}
