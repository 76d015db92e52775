import type { ExitCode } from './exit-codes.js';

/** What one check of `doctor` found. `skipped`: what it needs did not pass. */
export interface Finding {
  readonly check: string;
  readonly result: 'passed' | 'failed' | 'skipped';
  /** What was found; when it failed, what to do. */
  readonly message: string;
  readonly exitCode?: ExitCode;
}
