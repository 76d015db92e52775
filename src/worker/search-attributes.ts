import type { NativeConnection } from '@temporalio/worker';
import { missingSearchAttributes, mistypedSearchAttributes } from '../contract/search-attributes.js';

const TIMEOUT_MS = 5_000;

/** Asks a namespace which search attributes of waits it lacks: none, too, when it does not tell, as on Temporal Cloud. */
export async function askMissingSearchAttributes(
  connection: Pick<NativeConnection, 'operatorService' | 'withDeadline'>,
  namespace: string,
): Promise<string[]> {
  const list = () => connection.operatorService.listSearchAttributes({ namespace });
  return connection.withDeadline(Date.now() + TIMEOUT_MS, list).then(
    ({ customAttributes: own }) => [...missingSearchAttributes(own), ...mistypedSearchAttributes(own)],
    () => [],
  );
}

/** One line for the log. */
export function searchAttributesWarning(missing: readonly string[], namespace: string): string {
  return `Namespace ${namespace} lacks the search attributes ${missing.join(', ')} (Keyword), though REDIS_TASK_SEARCH_ATTRIBUTES is true: waits go on without. Register them with redis-task setup, then restart this worker`;
}
