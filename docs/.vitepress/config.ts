import { readFileSync } from 'node:fs';
import path from 'node:path';
import { defineConfig, type MarkdownEnv, type MarkdownOptions } from 'vitepress';
import { DOCS, sidebar } from './pages.js';

const { name, description, repository } = JSON.parse(readFileSync(path.join(DOCS, '../package.json'), 'utf8')) as {
  readonly name: string;
  readonly description: string;
  readonly repository: { readonly url: string };
};
const REPOSITORY = repository.url.replace(/^git\+/, '').replace(/\.git$/, '');

/** Makes the links that work on the forge work on the site: to a README of a folder, and to files outside `docs`. */
const rewriteLinks: MarkdownOptions['config'] = (markdown) => {
  markdown.core.ruler.push('rewrite-links', ({ tokens, env }) => {
    const { path: page } = env as MarkdownEnv;
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.attrGet('href');
      if (token.type === 'link_open' && href !== null) token.attrSet('href', linkOnSite(href, path.dirname(page)));
    }
  });
};

function linkOnSite(href: string, folder: string): string {
  const [, target = '', anchor = ''] = /^([^#]*)(#.*)?$/.exec(href) ?? [];
  if (target === '' || /^\w+:/.test(target)) return href;
  const file = path.relative(DOCS, path.resolve(folder, target));
  if (file.startsWith('..')) return `${REPOSITORY}/blob/main/${path.join('docs', file)}${anchor}`;
  return `${target.replace(/README\.md$/, 'index.md')}${anchor}`;
}

/** The anchor that the forge gives a heading. Underscores are TypeDoc's: its links have none. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replace(/[ _]/g, '-');
}

export default defineConfig({
  title: name,
  description,
  // The forge shows a folder's README.md, a web server its index.html.
  rewrites: { 'README.md': 'index.md', ':folder/README.md': ':folder/index.md' },
  // No icon: without this line, browsers ask for one.
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  markdown: { config: rewriteLinks, anchor: { slugify: anchorOf }, languageAlias: { promql: 'sql' } },
  themeConfig: {
    search: { provider: 'local' },
    nav: [{ text: 'API', link: '/api/' }],
    sidebar: sidebar(),
    outline: [2, 3],
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
  },
});
