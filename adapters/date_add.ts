// `dateadd` of Redshift and Snowflake, which counts in whole numbers: parts of a day become seconds.

export const addDays = (expression: string, days: number): string =>
  Number.isInteger(days)
    ? `dateadd('day', ${days}, ${expression})`
    : `dateadd('second', ${Math.round(days * 86_400)}, ${expression})`
