// Long texts in pieces that are hashed and written one after the other, so that their bytes are never in memory together.

/** How many letters a piece of a text has, at most by one. */
const letters = 1_000_000

/** Whether a text has more than one piece. */
export const isLong = (text: string): boolean => text.length > letters

/** The pieces of a text; a short one is a piece itself. A letter of two halves stays in one. */
export function* piecesOf(text: string): Generator<string> {
  if (!isLong(text)) yield text
  else
    for (let start = 0; start < text.length; ) {
      const last = text.charCodeAt(start + letters - 1)
      const end = start + letters + (last >= 0xd800 && last < 0xdc00 ? 1 : 0)
      yield text.slice(start, end)
      start = end
    }
}

/** Many texts, each whole letters, put together to fewer of about that length; long ones stay as they are. */
export function* joined(texts: Iterable<string>): Generator<string> {
  let piece: string[] = []
  let length = 0
  for (const text of texts) {
    const isLarge = text.length > letters / 4
    if (!isLarge) {
      piece.push(text)
      length += text.length
    }
    if (length > 0 && (isLarge || length >= letters)) {
      yield piece.join('')
      piece = []
      length = 0
    }
    if (isLarge) yield text
  }
  if (length > 0) yield piece.join('')
}
