import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { Machine } from '../../src/engine/cache.js';
import type { Program } from '../../src/engine/program.js';

/** A machine with a home of its own in a temporary folder, and nothing on PATH but what a test puts there. */
export function freshMachine(env: NodeJS.ProcessEnv = {}): Machine & { root: string } {
  const root = mkdtempSync(path.join(tmpdir(), 'engine-'));
  return { root, env: { PATH: '', ...env }, platform: process.platform, arch: process.arch, home: root };
}

/** Writes a shell script that prints a line, and returns its path. */
export function fakeProgram(file: string, prints: string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho "${prints}"\n`);
  chmodSync(file, 0o755);
  return file;
}

/** A program whose wheel must have the given hash on this machine. */
export function programWith(sha256: string): Program {
  return {
    title: 'the example',
    executable: 'example',
    variable: 'EXAMPLE',
    oldestOnPath: [1, 5],
    sdkStart: 'createLocal',
    wheel: { project: 'example-bin', version: '1.0.0', sha256: { [`${process.platform}-${process.arch}`]: sha256 } },
  };
}
