// A description as people write it -> HTML: paragraphs, `code`, **strong**, [words](https://...). All else is text.

import { escapeHtml } from '../picture/html.js'

export const inline = (text: string): string =>
  escapeHtml(text)
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
    .replaceAll(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replaceAll(/\[([^[\]]+)\]\((https?:\/\/[^\s)]{1,2000})\)/g, '<a href="$2">$1</a>')

export const paragraphs = (text: string): string =>
  text
    .split(/\n\s*\n/)
    .map(part => `<p>${inline(part.trim())}</p>`)
    .join('\n')
