// A diagnostic -> the same with what to do next: its own words, or those of its code where it is about a file or a command line.

import { configurationCodes } from './codes/configuration.js'
import { modelCodes } from './codes/models.js'
import type { CodeMeaning } from './diagnostic_codes.js'
import type { Diagnostic } from './diagnostics.js'

const meanings: Readonly<Record<string, CodeMeaning>> = { ...configurationCodes, ...modelCodes }

export function withHint(diagnostic: Diagnostic): Diagnostic {
  const hint = diagnostic.hint ?? meanings[diagnostic.code]?.next
  return hint === undefined ? diagnostic : { ...diagnostic, hint }
}
