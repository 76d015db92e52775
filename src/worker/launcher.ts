import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** How soon a worker notices that npm is gone. */
const LOOK_EVERY_MS = 500;

/**
 * Tells when the npm (yarn, pnpm) that runs this process is gone. npm keeps a signal to itself and its shell: nobody would
 * ever end the worker, which goes on with an old key and holds the port of the next one.
 */
export function watchLauncher(env: NodeJS.ProcessEnv, gone: () => void): void {
  // On Windows a parent's id stays when it ends.
  if (process.platform === 'win32' || !isTiedToLauncher(env, isGroupLeader())) return;
  const parent = process.ppid;
  const npm = npmBehind(parent);
  // It ended while this process started.
  if (isAdopted(parent)) {
    gone();
    return;
  }
  const timer = setInterval(() => {
    if (process.ppid === parent && npmBehind(parent) === npm) return;
    clearInterval(timer);
    gone();
  }, LOOK_EVERY_MS).unref();
}

/**
 * Whether a process is to end with the npm that started it. Not if it was sent to the background on purpose: by the script
 * that npm runs, or by whoever has given it a process group of its own, such as `setsid`, a daemon or an interactive shell.
 */
export function isTiedToLauncher(env: NodeJS.ProcessEnv, leadsGroup: boolean): boolean {
  const { npm_lifecycle_script: script } = env;
  if (!script || leadsGroup) return false;
  return !/\b(nohup|setsid)\b|(?<![&><])&(?![&>])/.test(script);
}

/** Of a shell in which npm runs a script: npm, which may be killed while its shell waits. Only Linux shows it. */
function npmBehind(parent: number): string | undefined {
  try {
    const [, flag] = readFileSync(`/proc/${parent}/cmdline`, 'utf8').split('\0');
    return flag === '-c' ? statOf(parent)[1] : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether this process is an orphan, and its parent not the one that has started it: the first process, unless that is npm in
 * a container, or one that takes in orphans, as systemd does for a user. Only Linux shows that the latter has another session.
 */
function isAdopted(parent: number): boolean {
  if (parent === 1 && !isLauncher(1)) return true;
  try {
    return statOf(parent)[3] !== statOf('self')[3];
  } catch {
    return false;
  }
}

/** Fields of a process after its name, which may contain anything: state, parent, group, session. */
function statOf(process: number | 'self'): string[] {
  return readFileSync(`/proc/${process}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
}

function isGroupLeader(): boolean {
  const { pid } = process;
  try {
    const ofLinux = () => statOf('self')[2];
    const ofOthers = () => execFileSync('ps', ['-o', 'pgid=', '-p', String(pid)], { encoding: 'utf8' });
    return Number(process.platform === 'linux' ? ofLinux() : ofOthers()) === pid;
  } catch {
    return false;
  }
}

function isLauncher(pid: number): boolean {
  try {
    return /\b(npm|npx|yarn|pnpm|bun)/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  } catch {
    return false;
  }
}
