// What can be declared of a variable, and whether a value fits its declaration. Where values come from is variables.ts.

import * as z from 'zod'
import { identifierFault } from './relation.js'

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])
export const variableDeclarationSchema = z.strictObject({
  type: z
    .enum([
      'string',
      'identifier',
      'suffix',
      'date',
      'integer',
      'number',
      'boolean',
      'choice',
      'list',
      'columns',
    ])
    .describe('What a value has to be.'),
  default: z
    .union([scalar, z.array(z.string())])
    .optional()
    .describe('Its value where nobody sets one.'),
  min: z.number().optional().describe('The least number allowed.'),
  above: z.number().optional().describe('A number has to be greater.'),
  max: z.number().optional().describe('The greatest number allowed.'),
  values: z
    .array(z.union([z.string(), z.boolean()]))
    .optional()
    .describe('Of a choice: what can be chosen.'),
  nullable: z.boolean().optional().describe('Whether null is a value.'),
  project_wide: z
    .boolean()
    .optional()
    .describe('The same for all modules of a run; cannot be set for one of them.'),
  description: z.string().describe('What it does.'),
})
export type VariableDeclaration = z.infer<typeof variableDeclarationSchema>
export type VariableValue = string | number | boolean | null | readonly string[]

/** What is wrong with a value, in words that follow its name ("must be ..."), or undefined. */
export function valueFault(declaration: VariableDeclaration, value: unknown): string | undefined {
  if (value === null) return declaration.nullable ? undefined : `must be ${describe(declaration)}`
  return isAllowed(declaration, value) ? undefined : `must be ${describe(declaration)}`
}

/** A project's own variables are not declared; they are values that a template can print. */
export function customFault(value: unknown): string | undefined {
  const items = [value].flat()
  if (!items.every(item => item === null || typeof item !== 'object'))
    return 'must be a text, a number, true, false, null or a list of these'
  return items.every(item => typeof item !== 'string' || isText(item))
    ? undefined
    : 'must be a text without NUL and without halves of letters'
}

/** No warehouse takes NUL, and half of a pair of UTF-16 is no letter. */
const isText = (value: unknown): value is string =>
  typeof value === 'string' && !value.includes('\0') && !/\p{Surrogate}/u.test(value)

const maxInteger = 2_147_483_647

function isAllowed(declaration: VariableDeclaration, value: unknown): boolean {
  const { min = -maxInteger, max = maxInteger, above } = declaration
  const inRange = (n: number): boolean => n >= min && n <= max && (above === undefined || n > above)
  switch (declaration.type) {
    case 'string':
      return isText(value)
    case 'identifier':
      return typeof value === 'string' && identifierFault(value) === undefined
    case 'suffix':
      return typeof value === 'string' && /^[A-Za-z0-9_]*$/.test(value)
    case 'date':
      return typeof value === 'string' && isDate(value)
    case 'integer':
      return typeof value === 'number' && Number.isSafeInteger(value) && inRange(value)
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) && inRange(value)
    case 'boolean':
      return typeof value === 'boolean'
    case 'choice':
      return (declaration.values ?? []).some(allowed => allowed === value)
    case 'list':
      return Array.isArray(value) && value.every(isText)
    case 'columns':
      return Array.isArray(value) && value.every(item => typeof item === 'string' && !identifierFault(item))
  }
}

/** A day that exists, or a timestamp on one: `2024-01-31`, `2024-01-31 09:15:00`. */
function isDate(value: string): boolean {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[ T]([01]\d|2[0-3]):[0-5]\d:[0-5]\d)?$/.exec(value)
  if (!match) return false
  const day = new Date(`${match[1]}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(match[1] ?? '-')
}

/** The allowed values in words. */
function describe(declaration: VariableDeclaration): string {
  const orNull = declaration.nullable ? ' or null' : ''
  const { min, max, above } = declaration
  const from = above === undefined ? (min === undefined ? '' : ` from ${min}`) : ` above ${above}`
  const to = max === undefined ? '' : `${above === undefined ? ' to' : ' and up to'} ${max}`
  switch (declaration.type) {
    case 'string':
      return `a text${orNull}`
    case 'identifier':
      return 'an identifier, [A-Za-z_][A-Za-z0-9_$]*, at most 63 bytes'
    case 'suffix':
      return 'a text of [A-Za-z0-9_] only'
    case 'date':
      return 'a date such as 2024-01-31'
    case 'integer':
      return `a whole number from ${min ?? -maxInteger} to ${max ?? maxInteger}${orNull}`
    case 'number':
      return `a number${from}${to}${orNull}`
    case 'boolean':
      return 'true or false'
    case 'choice':
      return `one of ${(declaration.values ?? []).join(', ')}`
    case 'list':
      return 'a list of texts'
    case 'columns':
      return 'a list of column names, [A-Za-z_][A-Za-z0-9_$]*'
  }
}
