import { readFile } from 'node:fs/promises';

/** A section of docs/runbook.md, with what it tells the reader to type. */
export interface Procedure {
  readonly title: string;
  readonly commands: string;
}

const PAGE = new URL('../../docs/runbook.md', import.meta.url);

/** The procedures of the page in their order, and the commands that each of them assumes. */
export async function readProcedures(): Promise<{ setup: string; procedures: Procedure[] }> {
  const page = await readFile(PAGE, 'utf8');
  const [, chapter = ''] = /^## Procedures\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(page) ?? [];
  const procedures = chapter
    .split(/^### /m)
    .slice(1)
    .map((section) => ({ title: section.split('\n', 1)[0] ?? '', commands: blocks(section, 'sh') }));
  return { setup: blocks(page, 'sh setup'), procedures };
}

function blocks(text: string, language: string): string {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))]
    .map(([, code]) => code)
    .join('');
}
