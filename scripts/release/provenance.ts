import { readManifest } from './manifest.js';
import type { ReleaseCheck } from './release-check.js';

/**
 * npm refuses a provenance statement whose repository is not the one that built it; the statement itself can only be made
 * in the release workflow.
 */
export const provenance: ReleaseCheck = {
  about: 'provenance',
  async run() {
    const { name, publishConfig, repository } = await readManifest();
    const wrong: string[] = [];
    if (publishConfig?.provenance !== true) wrong.push('publishConfig.provenance in package.json must be true.');
    if (publishConfig?.access !== 'public') wrong.push('publishConfig.access in package.json must be "public".');
    const url = /^git\+https:\/\/github\.com\/([\w-]+\/[\w-]+)\.git$/.exec(repository.url);
    if (!url)
      wrong.push(`repository.url is ${repository.url}: a provenance statement needs git+https://github.com/….git.`);
    return { wrong, found: `${name} from ${url?.[1] ?? repository.url}` };
  },
};
