// The SDK keeps every call and timer of a run until the run ends: in a wait of days they would fill the worker's memory.
import { measureLeftBehind, TWO_RUNS } from '../../bench/left-behind.js';

/** Without continuing as new it is more than twice as much (measured). */
const BYTES_PER_POLL_MAX = 1_000;

test('polls leave nothing in the memory of a worker', async () => {
  const { polls, heapBytesPerPoll } = await measureLeftBehind('timers', TWO_RUNS);

  console.log(`${polls} polls left ${heapBytesPerPoll} bytes each`);
  expect(heapBytesPerPoll).toBeLessThan(BYTES_PER_POLL_MAX);
}, 600_000);
