import type { Page } from '../ui/browser.js';
import { ORIGIN } from './site.js';

const PATIENCE_MS = 15_000;

/** Searches for a word and follows the first result: it must lead to a page that contains the word. */
export async function search(page: Page, word: string, problems: string[]): Promise<void> {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${ORIGIN}/index.html`, { waitUntil: 'networkidle' });
  await page.locator('.DocSearch-Button').click();
  await page.locator('#localsearch-input').fill(word);
  const first = page.locator('.VPLocalSearchBox .result').first();
  await first.click({ timeout: PATIENCE_MS });
  await page.waitForURL((url) => url.pathname !== '/index.html', { timeout: PATIENCE_MS });
  const found = page.locator('main', { hasText: word });
  await found.waitFor({ timeout: PATIENCE_MS }).catch(() => {
    problems.push(`The search for ${word} leads to ${page.url()}, which does not mention it`);
  });
}
