import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { findTemporalCli } from '../../src/engine/index.js';
import { Process } from '../../test/support/processes.js';

/** A shell as an operator has it: `temporal` and `redis-task` are installed, the variables are set. */
export class Operator {
  private constructor(
    private readonly setup: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** @param folder - where the two programs are put */
  static async prepare(folder: string, setup: string, env: NodeJS.ProcessEnv): Promise<Operator> {
    const bin = path.join(folder, 'bin');
    await mkdir(bin, { recursive: true });
    const programs = {
      temporal: await findTemporalCli(),
      'redis-task': `${process.execPath}" "${path.resolve('lib/cli/main.js')}`,
    };
    for (const [name, program] of Object.entries(programs)) {
      const file = path.join(bin, name);
      await writeFile(file, `#!/bin/sh\nexec "${program}" "$@"\n`);
      await chmod(file, 0o755);
    }
    return new Operator(setup, { ...env, HOME: folder, PATH: `${bin}:${process.env['PATH'] ?? ''}` });
  }

  /** Types commands. @throws when one of them fails */
  async type(commands: string): Promise<string> {
    const shell = new Process(['bash', '-euo', 'pipefail', '-c', this.setup + commands], {
      env: this.env,
      group: true,
    });
    const { code } = await shell.end;
    if (code !== 0) throw new Error(`ended with ${String(code)}: ${shell.output.trim()}`);
    return shell.output;
  }
}
