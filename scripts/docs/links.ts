import { readFile } from 'node:fs/promises';
import path from 'node:path';
import MarkdownIt from 'markdown-it';
import { anchorOf, BLOB, ROOT } from '../../docs/.vitepress/forge.js';
import type { SeenPage } from './look.js';
import { ORIGIN } from './site.js';

/** The links between the pages, and to files of this repository, that lead nowhere. Others need a network. */
export async function brokenLinks(pages: readonly SeenPage[]): Promise<string[]> {
  const broken: string[] = [];
  for (const page of pages) {
    for (const link of new Set(page.links)) {
      const isBroken = link.startsWith(ORIGIN) ? leadsToNoPage(link, pages) : await leadsToNoFile(link);
      if (isBroken) broken.push(`${page.path} links to ${link}, which is not there`);
    }
  }
  return broken;
}

function leadsToNoPage(link: string, pages: readonly SeenPage[]): boolean {
  const { pathname, hash } = new URL(link);
  const target = pages.find((each) => each.path === pathname.replace(/\/$/, '/index.html'));
  return target === undefined || (hash !== '' && !target.anchors.includes(decodeURIComponent(hash.slice(1))));
}

/** Whether a link to a file on the forge names one, or a heading in it, that the working copy does not have. */
export async function leadsToNoFile(link: string): Promise<boolean> {
  if (!link.startsWith(BLOB)) return false;
  const [file = '', anchor] = link.slice(BLOB.length).replace('?raw=true', '').split('#');
  const text = await readFile(path.join(ROOT, file), 'utf8').catch(() => undefined);
  return text === undefined || (anchor !== undefined && !anchorsOf(text).includes(anchor));
}

/** The anchors of the headings of a Markdown file. */
function anchorsOf(text: string): string[] {
  const tokens = new MarkdownIt().parse(text, {});
  const headings = tokens.flatMap((token, index) => (token.type === 'heading_open' ? [tokens[index + 1]] : []));
  return headings.map((heading) =>
    anchorOf((heading?.children ?? []).map(({ type, content }) => (type === 'html_inline' ? '' : content)).join('')),
  );
}
