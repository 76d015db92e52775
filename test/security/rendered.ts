import MarkdownIt from 'markdown-it';
import { marked } from 'marked';

/** What our own summaries and details are made of. */
const OURS = new Set(['p', 'ul', 'li', 'strong', 'code']);

const markdownIt = new MarkdownIt({ html: true, linkify: true });

/** What readers of Markdown make of a text. */
export interface Rendered {
  /** The tags of all that is more than text, bold words, lists and inline code. */
  readonly alive: readonly string[];
  readonly codes: readonly string[];
}

/** Reads a text as GitHub does, tables and bare links included, and as a reader that links all that looks like a host. */
export function rendered(markdown: string): Rendered {
  const pages = [marked.parse(markdown, { gfm: true, async: false }), markdownIt.render(markdown)];
  const tags = pages.flatMap((page) => [...page.matchAll(/<\/?([a-z]\w*)/gi)].map(([, name = '']) => name));
  const inline = markdownIt.parse(markdown, {}).flatMap(({ children }) => children ?? []);
  return {
    alive: tags.filter((tag) => !OURS.has(tag.toLowerCase())),
    codes: inline.filter(({ type }) => type === 'code_inline').map(({ content }) => content),
  };
}
