// The command seshat by a path that scripts may have: it was installed as dist/compiler/cli.js before start_bundle.cts was.

import './start_bundle.cjs'
