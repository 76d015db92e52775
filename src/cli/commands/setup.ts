import { isUnanswered } from '../../client/workers.js';
import { grpcCode } from '../../contract/grpc.js';
import {
  mistypedSearchAttributes,
  missingSearchAttributes,
  SEARCH_ATTRIBUTE_NAMES,
} from '../../contract/search-attributes.js';
import { KEYWORD } from '../../contract/temporal-enums.js';
import { CliError, EXIT, type ExitCode } from '../exit-codes.js';
import type { Host } from '../host.js';
import type { TemporalFlags } from '../options.js';
import { type Temporal, withTemporal, withTimeout } from '../temporal.js';
import { printable } from '../terminal.js';

/** A server writes the new attributes to its visibility store first. */
const TIMEOUT_MS = 30_000;

const ADVICE = 'Now set REDIS_TASK_SEARCH_ATTRIBUTES=true for each worker of this namespace, and restart it.';

/** `redis-task setup`: registers the search attributes of waits, those that the namespace does not have. */
export function setUp(host: Host, flags: TemporalFlags): Promise<ExitCode> {
  return withTemporal(host, flags, async (temporal, output) => {
    const { namespace } = temporal;
    const { operatorService } = temporal.waits.client.connection;
    const { customAttributes } = await ask(temporal, () => operatorService.listSearchAttributes({ namespace }));
    const wrong = mistypedSearchAttributes(customAttributes);
    if (wrong.length > 0) {
      const message = `Namespace ${namespace} has ${wrong.join(', ')} with another type than Keyword. Nothing was changed. Remove ${wrong.length === 1 ? 'it' : 'them'} first, or leave REDIS_TASK_SEARCH_ATTRIBUTES unset.`;
      throw new CliError(EXIT.error, message);
    }
    const missing = missingSearchAttributes(customAttributes);
    const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD] as const));
    if (missing.length > 0)
      await ask(temporal, () => operatorService.addSearchAttributes({ namespace, searchAttributes }));
    for (const searchAttribute of SEARCH_ATTRIBUTE_NAMES) {
      const result = missing.includes(searchAttribute) ? 'added' : 'there already';
      output.result({ searchAttribute, type: 'Keyword', result }, `${searchAttribute.padEnd(16)} Keyword  ${result}`);
    }
    output.say(ADVICE);
    return EXIT.succeeded;
  });
}

/** @throws CliError when the server refuses */
async function ask<T>(temporal: Temporal, request: () => Promise<T>): Promise<T> {
  try {
    return await withTimeout(temporal, request, TIMEOUT_MS);
  } catch (error) {
    if (isUnanswered(error) || grpcCode(error) === undefined) throw error;
    const { address, namespace } = temporal;
    const reason = printable((error as Error).message);
    const advice = `Ask its operator for the attributes ${SEARCH_ATTRIBUTE_NAMES.join(', ')} of type Keyword; on Temporal Cloud they are added in its UI or with tcld.`;
    throw new CliError(
      EXIT.error,
      `Temporal refuses to register search attributes: ${address}, namespace ${namespace} (${reason}). ${advice}`,
    );
  }
}
