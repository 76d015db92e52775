import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { untilEnded } from './until-ended.js';
import { handleTo, type WaitChain } from './wait-chain.js';

/**
 * What is known of a wait that was to be cancelled:
 *
 * - `cancelled`: it has ended as cancelled.
 * - `ended`: it had ended already, or did so in another way in that moment.
 * - `requested`: the server has taken the request, and no worker has acted on it within 5 s. It ends as cancelled when
 *   one comes.
 */
export type RedisTaskCancellation = 'cancelled' | 'ended' | 'requested';

/** How long a worker may take: a wait ends within 2 s of the request. */
const CONFIRMED_WITHIN_MS = 5_000;

/** Cancels a wait that runs, and sees what comes of that. */
export async function cancelWait(client: Client, wait: WaitChain): Promise<RedisTaskCancellation> {
  try {
    await handleTo(client, wait).cancel();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'ended';
    throw error;
  }
  const ended = await untilEnded(client, wait, CONFIRMED_WITHIN_MS);
  if (!ended) return 'requested';
  return ended.status.name === 'CANCELLED' ? 'cancelled' : 'ended';
}
