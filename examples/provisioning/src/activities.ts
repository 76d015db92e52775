import { log } from '@temporalio/activity';

/** Alerts a person. Call your pager here. */
export async function alert(message: string): Promise<void> {
  log.error(message);
  await Promise.resolve();
}
