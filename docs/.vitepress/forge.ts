import { readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');

export const PACKAGE = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  readonly name: string;
  readonly description: string;
  readonly homepage: string;
  readonly repository: { readonly url: string };
};

/** Where the forge shows the files of the main branch, with a slash at the end. */
export const BLOB = `${PACKAGE.repository.url.replace(/^git\+/, '').replace(/\.git$/, '')}/blob/main/`;

/** The anchor that the forge gives a heading. Underscores are TypeDoc's: its links have none. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replace(/[ _]/g, '-');
}
