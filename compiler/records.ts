// Records by names that a person has chosen: `constructor` and `toString` are names too, and every object has those.

/** undefined where the record has no such name. */
export const ownValue = <T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined

/** A record of many names. `Object.fromEntries` takes ten times as long: for V8 each name more makes another shape of object. */
export function recordOf<T>(
  entries: Iterable<readonly [name: string, value: T]>,
): Readonly<Record<string, T>> {
  const record: Record<string, T> = Object.create(null)
  for (const [name, value] of entries) record[name] = value
  return record
}
