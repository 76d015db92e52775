import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';
import { withoutKeys } from './without-keys.js';

/** How much is kept of what a server prints: the beginning, where the reason stands; usage and stack traces follow. */
const keptCharacters = 1_000;
const stopTimeoutMs = 5_000;

/** A server as a child process, which gets no key of the cloud and does not outlive the exit of this one. */
export class ServerProcess {
  /** Resolves when the server has printed its banner. */
  readonly introduced: Promise<void>;
  /** Rejects, with what the server complained about, when it ends before it was told to; never resolves. */
  readonly failed: Promise<never>;
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  #stopping = false;

  constructor(executable: string, args: readonly string[], banner: RegExp, log?: (text: string) => void) {
    const child = spawn(executable, args, { env: withoutKeys(process.env), stdio: ['ignore', 'pipe', 'pipe'] });
    const killWithUs = () => child.kill('SIGKILL');
    process.once('exit', killWithUs);

    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(0, keptCharacters);
      log?.(text);
    });
    this.introduced = new Promise((resolve) => {
      let introduction = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        introduction = (introduction + text).slice(0, keptCharacters);
        if (banner.test(introduction)) resolve();
        log?.(text);
      });
    });
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      // 'close' comes after the last output, unlike 'exit'.
      child.once('close', (code, signal) => resolve(signal ?? `exit code ${String(code)}`));
    });
    this.#child = child;
    this.#gone = ended.then(() => void process.removeListener('exit', killWithUs));
    this.failed = ended.then((how) => {
      if (this.#stopping) return new Promise<never>(() => undefined);
      throw new Error(`${executable} ended (${how}): ${complaint.trim() || 'it printed nothing'}`);
    });
    // Whoever waits for the start sees it; afterwards nobody may be listening.
    this.failed.catch(() => undefined);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Ends the server and waits until it is gone; by force when it takes too long. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    this.#stopping = true;
    this.#child.kill(signal);
    const force = setTimeout(() => this.#child.kill('SIGKILL'), stopTimeoutMs);
    await this.#gone;
    clearTimeout(force);
  }
}
