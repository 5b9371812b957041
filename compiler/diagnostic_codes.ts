// Every code that a diagnostic can have, with what it means: permanent names, since people search for them and scripts match
// on them. Codes that are not in here do not compile.

import { configurationCodes } from './codes/configuration.js'
import { checkCodes, databaseCodes } from './codes/database.js'
import { modelCodes } from './codes/models.js'
import { unitTestCodes } from './codes/unit_tests.js'

/** In whole sentences. */
export interface CodeMeaning {
  readonly what: string
  readonly why: string
  readonly next: string
}

/** In the groups of the reference page. */
export const codeGroups = {
  'Project, profile and command line': configurationCodes,
  'Models, macros and seeds': modelCodes,
  'Unit tests': unitTestCodes,
  'What check finds': checkCodes,
  'Database, locks and runs': databaseCodes,
} as const

export type DiagnosticCode =
  | keyof typeof configurationCodes
  | keyof typeof modelCodes
  | keyof typeof unitTestCodes
  | keyof typeof checkCodes
  | keyof typeof databaseCodes
