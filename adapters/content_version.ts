// A version of a row for warehouses whose rows have none of their own: a digest of all its values. NULL differs from
// an empty text, and no value runs into the next, since each is digested by itself first.

import type { TypedColumn } from '../compiler/model_config.js'

export const contentVersion = (alias: string, columns: readonly TypedColumn[]): string =>
  `md5(${columns.map(column => `coalesce(md5(${asText(`${alias}.${column.name}`, column.type)}), '-')`).join(' || ')})`

const asText = (value: string, type: string): string => {
  if (/^boolean$/i.test(type)) return `case when ${value} then 'true' when not ${value} then 'false' end`
  return /char|text/i.test(type) ? value : `cast(${value} as varchar(64))`
}
