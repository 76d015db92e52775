import { log } from '@temporalio/activity';

/** Tells a person. Put your pager here. */
export async function alert(message: string): Promise<void> {
  log.warn(message);
  await Promise.resolve();
}
