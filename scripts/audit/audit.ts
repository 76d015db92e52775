import { end } from '../consumers/run.js';

/** What came of an audit, in one line. */
export interface Audited {
  readonly passed: boolean;
  readonly line: string;
}

/** The levels at which it does not pass. */
const SEVERE = ['high', 'critical'];

/** What is read of the report of `npm audit --json`. */
interface Report {
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string }>>;
  readonly message?: string;
  readonly error?: { readonly summary?: string };
}

/**
 * Asks the registry for known vulnerabilities of what a project installs. Not every registry answers that: then nothing
 * is known, which is said and no failure.
 */
export async function audit(project: string, env: NodeJS.ProcessEnv = {}): Promise<Audited> {
  const { stdout, stderr } = await end(project, 'npm', ['audit', '--omit=dev', '--json'], env);
  const { vulnerabilities, message, error } = parse(stdout);
  if (!vulnerabilities) {
    const reason = message ?? error?.summary ?? (stderr.trim() || 'npm printed no report');
    return { passed: true, line: `npm audit could not be asked: ${reason.replace(/\s+/g, ' ').slice(0, 300)}` };
  }
  const found = Object.entries(vulnerabilities);
  const severe = found.filter(([, { severity }]) => SEVERE.includes(severity));
  if (severe.length > 0) {
    const many = severe.length === 1 ? '1 vulnerability' : `${severe.length} vulnerabilities`;
    return { passed: false, line: `npm audit: ${many} of level high or more: ${listOf(severe)}` };
  }
  if (found.length > 0) {
    return { passed: true, line: `npm audit: nothing of level high or more; below it: ${listOf(found)}` };
  }
  return { passed: true, line: 'npm audit: no known vulnerability' };
}

function parse(json: string): Report {
  try {
    return JSON.parse(json) as Report;
  } catch {
    return {};
  }
}

function listOf(found: readonly (readonly [string, { readonly severity: string }])[]): string {
  return found.map(([name, { severity }]) => `${name} (${severity})`).join(', ');
}
