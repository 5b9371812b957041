// Rows as CSV text: NULL is an empty field, an empty text is quoted.

import type { Value } from '../adapters/driver.js'

export function stringify(columns: readonly string[], rows: readonly (readonly Value[])[]): string {
  return [columns, ...rows].map(row => row.map(field).join(',')).join('\n')
}

function field(value: Value): string {
  if (value === null) return ''
  const text = String(value)
  return text === '' || /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
