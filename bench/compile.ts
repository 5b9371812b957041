// How long compiling takes.

import type { Benchmark } from './frame/finding.js'

export const compileBenchmark: Benchmark = async () => []
