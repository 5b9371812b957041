// Rows as CSV text by RFC 4180: lines end in CRLF, quotes are doubled. NULL is an empty field, an empty text is quoted.

import type { Value } from '../adapters/driver.js'

export const csvText = (columns: readonly string[], rows: readonly (readonly Value[])[]): string =>
  [columns, ...rows].map(row => `${row.map(field).join(',')}\r\n`).join('')

function field(value: Value): string {
  if (value === null) return ''
  const text = String(value)
  return text === '' || /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
