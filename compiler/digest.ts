// The digest by which texts are compared: short, since it stands in the manifest thousands of times.

import { createHash } from 'node:crypto'

/** 64 bits of SHA-256, in hexadecimal. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)
