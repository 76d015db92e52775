import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ConfigError } from './config-error.js';

/** What the worker imports, directly or through the zones under it, and the package leaves to who runs a worker. */
export const WORKER_PACKAGES = [
  '@temporalio/activity',
  '@temporalio/common',
  '@temporalio/envconfig',
  '@temporalio/worker',
  '@temporalio/workflow',
  'got',
  'hpagent',
  'ini',
  'p-retry',
  'proxy-from-env',
] as const;

/**
 * Checks that they are installed, before the first of them is imported: Node would name one at a time, and not say which
 * version is wanted.
 *
 * @throws ConfigError with the line that installs what is missing
 */
export function requirePackages(names: readonly string[] = WORKER_PACKAGES): void {
  const missing = names.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const ranges = peerRanges();
  const wanted = missing.map((name) => `"${name}@${ranges[name] ?? '*'}"`).join(' ');
  throw new ConfigError(`needs packages that are not installed: ${missing.join(', ')}. Run: npm install ${wanted}`);
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch (error) {
    // Any other answer, such as an export map without a door for `require`, comes from a package that is there.
    return (error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND';
  }
}

function peerRanges(): Readonly<Record<string, string>> {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { peerDependencies: Record<string, string> }).peerDependencies;
}
