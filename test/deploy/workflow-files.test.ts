// The forge's workflow files: whoever can move a tag of an action must not be able to publish this package.
import { readdir, readFile } from 'node:fs/promises';
import { parse } from 'yaml';

const FOLDER = new URL('../../.github/workflows/', import.meta.url);

interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly permissions?: Readonly<Record<string, string>> }>>;
}

const files = await readdir(FOLDER);
const texts = await Promise.all(
  files.map(async (file) => [file, await readFile(new URL(file, FOLDER), 'utf8')] as const),
);

test.each(texts)('%s pins every action by its commit, with the version beside it', (_, text) => {
  const uses = text.match(/uses:.*/g) ?? [];
  expect(uses.length).toBeGreaterThan(0);
  for (const each of uses) expect(each).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

/** What a job may do beyond reading: the first publishes without a token of npm, the second makes the page of a release. */
const RIGHTS: Readonly<Record<string, object>> = {
  publish: { contents: 'read', 'id-token': 'write' },
  release: { contents: 'write' },
};

test.each(texts)('%s gives its jobs the right to read, and one more to the two that need it', (_, text) => {
  const { permissions, jobs } = parse(text) as Workflow;
  expect(permissions).toEqual({ contents: 'read' });
  for (const [name, job] of Object.entries(jobs)) expect(job.permissions).toEqual(RIGHTS[name]);
});
