// A value of a record by a name that a person has chosen: `constructor` and `toString` are names too, and every object has those.

export const ownValue = <T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined
