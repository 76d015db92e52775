import { readFileSync } from 'node:fs';

/** Linux counts CPU time in these steps, whatever the kernel's own. */
const TICK_MS = 10;

/** CPU time of a process so far, in milliseconds; null where there is no /proc, or no such process. */
export function cpuMsOf(pid: number | undefined): number | null {
  const stat = readProc(pid, 'stat');
  // The name of the program, in parentheses, may hold spaces.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields ? (Number(fields[11]) + Number(fields[12])) * TICK_MS : null;
}

/** Resident memory of a process in megabytes; null where there is no /proc, or no such process. */
export function residentMbOf(pid: number | undefined): number | null {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readProc(pid, 'status') ?? '')?.[1];
  return kilobytes === undefined ? null : (Number(kilobytes) * 1024) / 1e6;
}

function readProc(pid: number | undefined, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid ?? ''}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}
