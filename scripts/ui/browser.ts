import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Page } from 'playwright-core';

export type { Page };

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Nothing but the pages that are asked for. */
const QUIET = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** How long a page may take to show what is expected: the machine may be busy, and the wait may not be there yet. */
const SHOWN_WITHIN_MS = 180_000;
/** Some tabs show the state at their opening: a page is opened again after this, then after twice as long each time. */
const FIRST_RELOAD_MS = 5_000;

/** Opens a browser with one page. `CHROMIUM` names a browser; otherwise an installed one is used, or Debian's installed. */
export async function openPage(): Promise<Page> {
  const browser = await chromium.launch({ executablePath: findChromium(), args: QUIET });
  const viewport = { width: 1456, height: 1400 };
  return browser.newPage({ viewport, timezoneId: 'UTC', locale: 'en-US' });
}

/** Opens a page and waits until it shows all texts. @throws Error with those that are missing */
export async function openUntil(page: Page, url: string, texts: readonly (string | RegExp)[]): Promise<string> {
  const giveUpAt = Date.now() + SHOWN_WITHIN_MS;
  let shown = '';
  const isShown = (each: string | RegExp) => (typeof each === 'string' ? shown.includes(each) : each.test(shown));
  const missing = () => texts.filter((each) => !isShown(each));
  for (let reloadMs = FIRST_RELOAD_MS; Date.now() < giveUpAt; reloadMs *= 2) {
    await page.goto(url, { waitUntil: 'domcontentloaded' });
    const reloadAt = Date.now() + reloadMs;
    while (Date.now() < reloadAt) {
      shown = await textOf(page);
      if (missing().length === 0) return shown;
      await sleep(250);
    }
  }
  throw new Error(`${url} does not show ${missing().map(String).join(' | ')}, but:\n${shown}`);
}

/** All that is written on a page, in one line. What comes from Markdown is in frames of their own. */
async function textOf(page: Page): Promise<string> {
  const texts = await Promise.all(page.frames().map((frame) => frame.innerText('body').catch(() => '')));
  return texts.join(' ').replace(/\s+/g, ' ');
}

function findChromium(): string {
  const given = process.env['CHROMIUM'];
  if (given) return given;
  const installed = () => PLACES.find((place) => existsSync(place));
  if (installed() === undefined && process.platform === 'linux') {
    for (const args of [
      ['update', '-qq'],
      ['install', '-y', '-qq', '--no-install-recommends', 'chromium'],
    ])
      spawnSync('apt-get', args, { stdio: ['ignore', 2, 2] });
  }
  const found = installed();
  if (found === undefined) throw new Error('There is no Chromium: install it, or name one in CHROMIUM');
  return found;
}
