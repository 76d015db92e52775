import type { ActionQuestion } from '../../contract/action/activities.js';
import { readStarted } from '../../contract/action/answer.js';
import { withSecrets } from '../../contract/action/secrets.js';
import type { Submitted } from '../../contract/action/state.js';
import { mayBeIsolated, submitClassOf } from '../../contract/action/submit-class.js';
import type { PollError } from '../../contract/poll-error.js';
import { type CallTime, timeOfOne } from '../../tencent/call-time.js';
import { TencentApiError } from '../../tencent/errors.js';
import { textField } from '../../tencent/json.js';
import { redact } from '../../tencent/redact.js';
import type { RedisApi } from '../../tencent/redis-api.js';
import { pollErrorClassOf, pollErrorOf } from '../api/poll-failure.js';
import type { ApiSettings } from '../api/settings.js';
import { isolationOf } from './isolated.js';
import { readSecret, SecretUnavailableError } from './secret-files.js';

type Limits = Pick<ApiSettings, 'actions' | 'secretsFolder'>;

/** The parameters as they are sent, and the secrets in them. */
interface Prepared {
  readonly sent: Readonly<Record<string, unknown>>;
  readonly secrets: readonly string[];
}

/** Makes a change ready to be sent, or says why this worker does not submit it. */
function prepare(
  { action, params }: ActionQuestion,
  { actions, secretsFolder }: Limits,
): Prepared | { readonly refusal: PollError } {
  if (!actions.includes(action)) {
    const message = `This worker does not allow ${action}: add it to REDIS_TASK_ACTIONS (now: ${actions.join(', ') || 'none'}).`;
    return { refusal: ownError('ActionNotAllowed', message) };
  }
  try {
    const secrets: string[] = [];
    const sent = withSecrets(params, (name) => {
      const secret = readSecret(secretsFolder, name);
      secrets.push(secret);
      return secret;
    }) as Prepared['sent'];
    return { sent, secrets };
  } catch (error) {
    if (!(error instanceof SecretUnavailableError)) throw error;
    return { refusal: ownError('SecretUnavailable', error.message) };
  }
}

/** Why this worker does not submit a change; undefined if it does. Nothing was sent. */
export function refusalHere(question: ActionQuestion, limits: Limits): PollError | undefined {
  const prepared = prepare(question, limits);
  return 'refusal' in prepared ? prepared.refusal : undefined;
}

/**
 * Submits a change once. What became of it is a value, whatever it is: a failed activity says nothing.
 *
 * Not told to the watch over the key, which would send a refused call again.
 */
export async function submitAction(
  question: ActionQuestion,
  api: Pick<RedisApi, 'call'>,
  limits: Limits,
  options: CallTime = {},
): Promise<Submitted> {
  const prepared = prepare(question, limits);
  if ('refusal' in prepared) return { class: 'refused', error: prepared.refusal };
  const { action, region } = question;
  const { sent, secrets } = prepared;
  const time = timeOfOne(options);

  try {
    const answer = await api.call({ action, region, params: sent, secrets, ...time() });
    // Ids are read before: a short secret may be part of one.
    const started = readStarted(answer);
    const response = redact(answer, {}, secrets);
    const requestId = textField(response, 'RequestId');
    if (started) return { class: 'accepted', started, requestId, response };
    const fields = Object.keys(response).join(', ').slice(0, 200);
    const message = `The API answered without a task or an order; it sent: ${fields}`;
    return { class: 'uncertain', error: { ...ownError('InvalidResponse', message), requestId } };
  } catch (error) {
    if (!(error instanceof TencentApiError)) throw error;
    const told = pollErrorOf(error);
    const isolated = mayBeIsolated(error.code) && (await isolationOf(question, api, time()));
    if (isolated) return { class: 'refused', error: { ...told, message: `${told.message} (${isolated})` } };
    return { class: submitClassOf(error.code, pollErrorClassOf(error)), error: told };
  }
}

function ownError(code: string, message: string): PollError {
  return { code, message, requestId: null, at: new Date().toISOString() };
}
