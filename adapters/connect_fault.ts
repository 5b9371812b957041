// A fault of connecting that knows at which of the adapter's steps it came.

import { type Diagnostic, Faults } from '../compiler/diagnostics.js'

/** Exit code 2: the profile or the way to the server has to be put right. */
export class ConnectFault extends Faults {
  constructor(
    readonly step: string,
    diagnostic: Diagnostic,
  ) {
    super([diagnostic], 2)
  }
}
