import path from 'node:path';
import type { Page } from '../ui/browser.js';
import { ORIGIN } from './site.js';

/** A page as a browser shows it. */
export interface SeenPage {
  readonly path: string;
  readonly links: readonly string[];
  /** What a link to the page can name after `#`. */
  readonly anchors: readonly string[];
}

const SCREENS = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } } as const;
const SCHEMES = ['light', 'dark'] as const;

/** Opens a page and takes a picture of it on each screen, light and dark. */
export async function look(page: Page, pagePath: string, pictures: string, problems: string[]): Promise<SeenPage> {
  await page.goto(`${ORIGIN}${pagePath}`, { waitUntil: 'networkidle' });
  for (const [screen, viewport] of Object.entries(SCREENS)) {
    await page.setViewportSize(viewport);
    const sticksOut = await page.evaluate<string>(WHAT_STICKS_OUT);
    if (sticksOut !== '') problems.push(`${pagePath} (${screen}): wider than the screen: ${sticksOut}`);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const picture = `${pagePath.slice(1).replaceAll('/', '-')}-${screen}-${colorScheme}.png`;
      await page.screenshot({ path: path.join(pictures, picture), fullPage: true });
    }
  }
  const { links, anchors } = await page.evaluate<Omit<SeenPage, 'path'>>(LINKS_AND_ANCHORS);
  return { path: pagePath, links, anchors };
}

/** Evaluated in the browser, so they are texts. The names of the elements that make the page scroll sideways. */
const WHAT_STICKS_OUT = `(() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return '';
  const wide = [...document.querySelectorAll('main *')].filter((each) => each.getBoundingClientRect().right > width + 1);
  return wide.slice(0, 3).map((each) => each.tagName + ' ' + each.textContent.slice(0, 40)).join(' | ') || 'unknown';
})()`;
const LINKS_AND_ANCHORS = `({
  links: [...document.querySelectorAll('a[href]')].map((each) => each.href),
  anchors: [...document.querySelectorAll('[id]')].map((each) => each.id),
})`;
