import pRetry from 'p-retry';
import { Stage, type StageOptions } from '../../test/support/stage.js';

/** On a busy machine a server can take too long to answer for the first time. */
const RETRIES = 2;

export function startStage(options: StageOptions = {}): Promise<Stage> {
  return pRetry(() => Stage.start(options), { retries: RETRIES, minTimeout: 1_000 });
}
