/**
 * `npm run bench`: measures one part after another and keeps the figures in bench/results.
 *
 *   npm run bench -- [--quick] [--only fleet,start] [--waits 1000,5000] [--rates 15,20]
 *                    [--seconds 60] [--setting NAME=VALUE] [--write]
 *
 * `--quick` takes a few minutes. `--setting` is for the worker processes. `--write` brings docs/maintainers/performance.md
 * and its pictures up to date with the results; without `--quick` and `--only` it does nothing else.
 */
import { loadavg } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { exitOnSignals } from '../test/support/processes.js';
import { writePage } from './page/write-page.js';
import { PARTS } from './parts.js';
import { describeMachine } from './support/machine.js';
import type { Part, Scale } from './support/part.js';
import { writeResult } from './support/results.js';
import { rounded } from './support/statistics.js';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    waits: { type: 'string' },
    rates: { type: 'string' },
    seconds: { type: 'string' },
    setting: { type: 'string', multiple: true, default: [] },
    write: { type: 'boolean', default: false },
  },
});

exitOnSignals();
Runtime.install({ logger: new DefaultLogger('ERROR') });
const isOnlyWriting = flags.write && !flags.quick && flags.only === undefined;
if (!isOnlyWriting) await measureParts(flags.only?.split(',') ?? Object.keys(PARTS), readScale());
if (flags.write) await writePage();

function readScale(): Scale {
  const seconds = flags.seconds === undefined ? undefined : readNumber('seconds', flags.seconds);
  const [waits, rates] = [readNumbers('waits', flags.waits), readNumbers('rates', flags.rates)];
  const settings = Object.fromEntries(flags.setting.map((each) => each.split(/=(.*)/s, 2) as [string, string]));
  return {
    quick: flags.quick,
    settings,
    ...(waits && { waits }),
    ...(rates && { rates }),
    ...(seconds !== undefined && { seconds }),
  };
}

function readNumbers(flag: string, text: string | undefined): number[] | undefined {
  return text?.split(',').map((each) => readNumber(flag, each));
}

function readNumber(flag: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new TypeError(`--${flag} must be a number above 0, not ${text}`);
  return value;
}

async function measureParts(names: readonly string[], scale: Scale): Promise<void> {
  const parts = names.map((name) => [name, partNamed(name)] as const);
  const machine = await describeMachine();
  const command = ['npm run bench --', ...process.argv.slice(2)].join(' ');
  for (const [index, [name, part]] of parts.entries()) {
    const beganAt = Date.now();
    const say = (step: string) => {
      const seconds = Math.round((Date.now() - beganAt) / 1_000);
      process.stderr.write(
        `[${index + 1}/${names.length}] ${name.padEnd(9)} ${String(seconds).padStart(4)} s  ${step}\n`,
      );
    };
    say(part.about);
    const measured = await part.run(scale, say);
    const facts = { date: new Date().toISOString(), command, load: rounded(loadavg()[0] ?? 0, 1), machine };
    await writeResult({ part: name, ...facts, ...measured }, scale.quick);
    say('done');
  }
}

function partNamed(name: string): Part {
  const part = PARTS[name];
  if (!part) throw new TypeError(`There is no part "${name}": ${Object.keys(PARTS).join(', ')}`);
  return part;
}
