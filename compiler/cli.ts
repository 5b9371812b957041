#!/usr/bin/env node
// The command seshat, from modules as tsc writes them. The build puts start_bundle.ts in its place, which runs the same main.ts.

import './main.js'
