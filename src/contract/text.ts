/**
 * At most `max` characters of a text, with an ellipsis where something was cut.
 *
 * The answer is well-formed Unicode: failure messages and summaries travel as UTF-8, and a lone surrogate (in an
 * input, or in what an API said) would make the server refuse the whole workflow task.
 */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text.toWellFormed();
  // Twice the characters are enough to hold `max` code points, and spares a long text the full split.
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
