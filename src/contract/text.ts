/**
 * At most `max` characters of a text, with an ellipsis where something was cut.
 *
 * The result is well-formed Unicode: the server refuses a whole workflow task for one lone surrogate in a message.
 */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text.toWellFormed();
  // Twice the characters are enough to hold `max` code points, and a long text is not split in full.
  const characters = Array.from(text.slice(0, 2 * max + 2));
  return (characters.length <= max ? characters : [...characters.slice(0, max - 1), '…']).join('').toWellFormed();
}

/** A text from outside on one line, for use in a sentence. */
export function plain(text: string, max: number): string {
  return cut(text.replace(/\s+/g, ' ').trim(), max);
}

/** The same in double quotes. */
export function quote(text: string, max: number): string {
  return `"${plain(text, max)}"`;
}

/** The id by which Tencent's support finds a request, to follow what the API said. */
export function requestNote(requestId: string | null): string {
  return requestId ? ` (RequestId ${plain(requestId, 100)})` : '';
}
