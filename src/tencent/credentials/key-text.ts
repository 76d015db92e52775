const NAMES: Readonly<Record<string, string>> = {
  '\n': 'a line break',
  '\r': 'a line break',
  ' ': 'a space',
  '\t': 'a tab',
  '\u{FEFF}': 'a byte order mark',
};

/**
 * Checks a part of a key. What is copied along with it breaks the signature, which the API does not tell, or cannot be
 * sent at all: no header takes it.
 *
 * @param name - of the part, for the message
 * @throws Error that says what is wrong, without the text
 */
export function checkKeyText(name: string, text: string): void {
  const [strange] = /[^\x21-\x7e]/u.exec(text) ?? [];
  if (strange === undefined) return;
  const code = strange.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
  throw new Error(`${name} holds ${NAMES[strange] ?? `the character U+${code}`}, which no key has`);
}
