import path from 'node:path';
import { defineConfig, type MarkdownEnv, type MarkdownOptions } from 'vitepress';
import { anchorOf, BLOB, PACKAGE, ROOT } from './forge.js';
import { DOCS, sidebar } from './pages.js';

/**
 * Makes the links that work on the forge work on the site: to a README of a folder, to files outside `docs`, and by whole
 * address to its pages, as the pages that are in the package link.
 */
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
  if (href.startsWith(`${BLOB}docs/`))
    return linkOnSite(path.relative(folder, path.join(ROOT, href.slice(BLOB.length))), folder);
  const [, target = '', anchor = ''] = /^([^#]*)(#.*)?$/.exec(href) ?? [];
  if (target === '' || /^\w+:/.test(target)) return href;
  const file = path.relative(DOCS, path.resolve(folder, target));
  if (file.startsWith('..')) return `${BLOB}${path.relative(ROOT, path.resolve(folder, target))}${anchor}`;
  return `${target.replace(/README\.md$/, 'index.md')}${anchor}`;
}

export default defineConfig({
  title: PACKAGE.name,
  description: PACKAGE.description,
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
    socialLinks: [{ icon: 'github', link: PACKAGE.homepage }],
  },
});
