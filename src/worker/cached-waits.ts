import { totalmem } from 'node:os';

const MIB = 2 ** 20;
/** What a worker needs without any waits. */
const WORKER_MIB = 200;
/** What a wait in the cache takes, with the garbage of its polls (docs/maintainers/performance.md). */
const WAIT_MIB = 2;
/**
 * About as many as 15 calls a second serve well. A worker that has far more waits open loads most of them for each poll,
 * whatever the size of the cache (measured with 1,500: no less CPU with 400 than with 200).
 */
const WAITS_MAX = 250;
const WAITS_MIN = 10;

/**
 * How many waits a worker keeps in memory. The others are replayed when something happens to them: that takes milliseconds,
 * while a container that is out of memory loses all of its work. The SDK's default only knows the limit of V8's heap.
 *
 * @param memoryBytes - by default, what the container or the machine has
 */
export function cachedWaits(memoryBytes = availableMemory()): number {
  const waits = Math.floor((memoryBytes / MIB - WORKER_MIB) / WAIT_MIB);
  return Math.max(WAITS_MIN, Math.min(WAITS_MAX, waits));
}

function availableMemory(): number {
  // Outside of a container it is 0, undefined or beyond the machine's memory, depending on the system.
  const limit = process.constrainedMemory();
  return limit ? Math.min(limit, totalmem()) : totalmem();
}
