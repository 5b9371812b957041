// How long something has not been heard of, for processes that may have been suspended: of two clocks the one that has gone
// further. One stands still while a machine sleeps, the other can be set.

/** Begins now; gives milliseconds. */
export function sinceNow(): () => number {
  const wall = Date.now()
  const steady = performance.now()
  return () => Math.max(Date.now() - wall, performance.now() - steady)
}
