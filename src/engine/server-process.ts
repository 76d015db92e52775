import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';

/** How much of a server's last words an error carries. */
const keptCharacters = 2_000;
const stopTimeoutMs = 5_000;

/** A server as a child process: its last words are kept, and it does not outlive this process's exit. */
export class ServerProcess {
  /** Resolves when the server has printed something to stdout, which a dev server does once its ports are its own. */
  readonly spoke: Promise<void>;
  /** Rejects when the server ends before it was told to; never resolves. */
  readonly failed: Promise<never>;
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  #lastWords = '';
  #stopping = false;

  constructor(executable: string, args: readonly string[], log?: (text: string) => void) {
    const child = spawn(executable, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const killWithUs = () => child.kill('SIGKILL');
    process.once('exit', killWithUs);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#lastWords = (this.#lastWords + text).slice(-keptCharacters);
        log?.(text);
      });
    }
    this.spoke = new Promise((resolve) => child.stdout.once('data', () => resolve()));
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      // 'close' comes after the last output, unlike 'exit'.
      child.once('close', (code, signal) => resolve(signal ?? `exit code ${String(code)}`));
    });
    this.#child = child;
    this.#gone = ended.then(() => void process.removeListener('exit', killWithUs));
    this.failed = ended.then((how) => {
      if (this.#stopping) return new Promise<never>(() => undefined);
      throw new Error(`${executable} ended (${how}): ${this.#lastWords.trim() || 'it printed nothing'}`);
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
