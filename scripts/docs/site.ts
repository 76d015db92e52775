import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { DOCS } from '../../docs/.vitepress/pages.js';
import type { Page } from '../ui/browser.js';

const DIST = path.join(DOCS, '.vitepress/dist');
/** Nobody serves this address: what is not answered from the files fails. */
export const ORIGIN = 'http://docs.invalid';

/** Answers what a page asks for from the built files. Anything else has no network. */
export async function serveFiles(page: Page, problems: string[]): Promise<void> {
  page.on('pageerror', (error) => problems.push(`${page.url()}: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${page.url()}: ${message.text()}`);
  });
  await page.route('**/*', async (route) => {
    const { origin, pathname } = new URL(route.request().url());
    if (origin === ORIGIN)
      return route.fulfill(existsSync(fileOf(pathname)) ? { path: fileOf(pathname) } : { status: 404 });
    problems.push(`${page.url()} asks ${origin} for ${pathname}`);
    return route.abort('internetdisconnected');
  });
}

/** The addresses of all pages. */
export async function pathsOfPages(): Promise<string[]> {
  const files = await readdir(DIST, { recursive: true });
  const pages = files.filter((file) => file.endsWith('.html') && file !== '404.html');
  return pages.map((file) => `/${file.replaceAll(path.sep, '/')}`).sort();
}

function fileOf(pathname: string): string {
  return path.join(DIST, decodeURIComponent(pathname.endsWith('/') ? `${pathname}index.html` : pathname));
}
