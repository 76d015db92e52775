import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { DefaultTheme } from 'vitepress';
import { ROOT } from './forge.js';

export const DOCS = path.join(ROOT, 'docs');

/** The pages of each section in their order, with their names in the sidebar. A folder's pages stand below its README. */
const SECTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Start: {
    'README.md': 'Overview',
    'start.md': 'Five minutes',
    'choosing.md': 'Ways to wait',
  },
  Guides: {
    'parents.md': 'Pipelines in any language',
    'change.md': 'Changing an instance',
    'instances.md': 'Waiting for an instance',
    'failures.md': 'Failures',
    'client.md': 'Client',
    'cli.md': 'Command line',
    'nexus.md': 'Nexus',
    'plugin.md': 'Plugin',
    'testing.md': 'Testing',
    'simulator.md': 'Simulator',
    'upgrading.md': 'Upgrading',
  },
  Operating: {
    'worker.md': 'Worker',
    'production.md': 'Production',
    'kubernetes.md': 'Kubernetes',
    'metrics.md': 'Metrics and alerts',
    'temporal-ui.md': 'Temporal UI',
    'runbook.md': 'Runbook',
  },
  Reference: {
    'input.md': 'Input',
    'configuration.md': "Worker's environment",
  },
  Background: {
    'maintainers/README.md': 'For maintainers',
    'decisions/README.md': 'Decisions',
  },
};

/** TypeDoc writes the pages of this folder, and their sidebar. */
const API = 'api';

/** The pages that people write, relative to `docs`. */
export function writtenPages(folder = ''): string[] {
  return readdirSync(path.join(DOCS, folder), { withFileTypes: true })
    .flatMap((each) => {
      const page = path.posix.join(folder, each.name);
      if (each.isDirectory()) return isWritten(page) ? writtenPages(page) : [];
      return each.name.endsWith('.md') ? [page] : [];
    })
    .sort();
}

/** Whether people write what is in a folder: not TypeDoc, VitePress or npm. */
function isWritten(folder: string): boolean {
  return folder !== API && folder !== 'node_modules' && !folder.startsWith('.');
}

/** The sidebar. @throws Error when a page is missing in {@link SECTIONS}, or in the folder */
export function sidebar(): DefaultTheme.SidebarItem[] {
  const files = writtenPages();
  const listed = new Set<string>();

  const sections = Object.entries(SECTIONS).map(([text, pages]) => ({
    text,
    items: Object.entries(pages).map(([page, name]) => {
      const below = files.filter((file) => isBelow(file, page));
      for (const file of [page, ...below]) listed.add(file);
      const items = below.map((file) => ({ text: titleOf(file), link: linkTo(file) }));
      return { text: name, link: linkTo(page), ...(items.length > 0 && { items, collapsed: true }) };
    }),
  }));

  const wrong = [...files.filter((file) => !listed.has(file)), ...[...listed].filter((file) => !files.includes(file))];
  if (wrong.length > 0) throw new Error(`docs/.vitepress/pages.ts and docs/ differ in: ${wrong.join(', ')}`);
  return sections.map((section) =>
    section.text === 'Reference' ? { ...section, items: [...section.items, apiPages()] } : section,
  );
}

/** The pages of the entry points: TypeDoc puts those of `temporal-tencent-redis/…` below `temporal-tencent-redis`. */
function apiPages(): DefaultTheme.SidebarItem {
  const file = readFileSync(path.join(DOCS, API, 'typedoc-sidebar.json'), 'utf8');
  const entryPoints = (JSON.parse(file) as DefaultTheme.SidebarItem[]).flatMap(({ items = [], ...root }) => [
    root,
    ...items,
  ]);
  return { text: 'API', link: `/${API}/`, items: entryPoints, collapsed: true };
}

function isBelow(file: string, page: string): boolean {
  const folder = path.dirname(page);
  return path.basename(page) === 'README.md' && folder !== '.' && file !== page && file.startsWith(`${folder}/`);
}

function titleOf(file: string): string {
  const [, title] = /^# (.+)$/m.exec(readFileSync(path.join(DOCS, file), 'utf8')) ?? [];
  if (title === undefined) throw new Error(`docs/${file} has no title`);
  return title;
}

function linkTo(file: string): string {
  return `/${file.replace(/README\.md$/, '').replace(/\.md$/, '')}`;
}
