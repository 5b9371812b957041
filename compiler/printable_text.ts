// Text that comes from files, names and servers -> text that a terminal shows as it is. What would move the cursor, change
// colours, hide letters or turn the direction of writing is shown by its number instead.

/** Controls, the marks of direction, and what has no width; tabs and line ends stay. */
const unseen =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

export const printable = (text: string): string =>
  text.replace(unseen, letter => `\\u{${letter.charCodeAt(0).toString(16)}}`)

/** The same for what has to stay on one line, such as the name of a file. */
export const printableLine = (text: string): string =>
  printable(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t')

/** Every one of these letters takes the place of one other, so that what stands below it still does. */
export const printableFrame = (line: string): string => line.replaceAll('\t', ' ').replace(unseen, '\ufffd')
