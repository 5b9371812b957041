// SESHAT_TEST_SEEDS -> the seeds that a property test tries.

/** `12` stands for 1..12. */
export function seedsOf(range: string): readonly number[] {
  const [first = '', last] = range.split('..')
  const [least, most] = last === undefined ? [1, Number(first)] : [Number(first), Number(last)]
  if (!(most >= least)) throw new Error(`SESHAT_TEST_SEEDS: not a range of seeds: ${range}`)
  return Array.from({ length: most - least + 1 }, (_, index) => least + index)
}
