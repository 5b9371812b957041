// The word after an option -> its value. commander calls these, and shows the message of a word that will not do.

import { InvalidArgumentError } from 'commander'

/** @throws InvalidArgumentError, as all of these: commander names the option and shows the help */
export const positive = (text: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number of at least 1.')
  return value
}

export const whole = (text: string): number => {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('It must be a whole number of at least 0.')
  return value
}

const secondsIn = { s: 1, m: 60, h: 3600 } as const

/** `90s`, `10m`, `1h`, in seconds. */
export const duration = (text: string): number => {
  const [, digits, unit] = /^(\d{1,6})([smh])$/.exec(text) ?? []
  if (unit !== 's' && unit !== 'm' && unit !== 'h')
    throw new InvalidArgumentError('It must be a number with its unit: 30s, 10m, 1h.')
  return Number(digits) * secondsIn[unit]
}

/** `2024-01-01..2024-01-31`, both included; one day alone stands for itself. */
export const days = (text: string): { from: string; to: string } => {
  const [from = '', to = from, ...more] = text.split('..')
  const isDay = (day: string): boolean =>
    /^\d{4}-\d{2}-\d{2}$/.test(day) && new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day) === true
  if (more.length > 0 || !isDay(from) || !isDay(to) || from > to)
    throw new InvalidArgumentError('It must be two days, the earlier first: 2024-01-01..2024-01-31.')
  return { from, to }
}

/** 0 takes any that is free. */
export const port = (text: string): number => {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > 65535)
    throw new InvalidArgumentError('It must be a number from 0 to 65535.')
  return value
}

export const commaSeparated = (text: string): readonly string[] => text.split(',').map(part => part.trim())
