import type { ActionQuestion } from '../../contract/action/activities.js';
import { readStarted } from '../../contract/action/answer.js';
import { secretNames, withSecrets } from '../../contract/action/secrets.js';
import type { Submitted } from '../../contract/action/state.js';
import { submitClassOf } from '../../contract/action/submit-class.js';
import type { PollError } from '../../contract/poll-error.js';
import { TencentApiError } from '../../tencent/errors.js';
import { textField } from '../../tencent/json.js';
import { redact } from '../../tencent/redact.js';
import type { RedisApi, RedisApiCall } from '../../tencent/redis-api.js';
import type { ApiSettings } from '../api-settings.js';
import { pollErrorClassOf, pollErrorOf } from '../poll-failure.js';
import { readSecret, SecretUnavailableError } from './secret-files.js';

type Limits = Pick<ApiSettings, 'actions' | 'secretsFolder'>;

/** Why this worker does not submit a change; undefined if it does. Nothing was sent. */
export function refusalHere(
  { action, params }: ActionQuestion,
  { actions, secretsFolder }: Limits,
): PollError | undefined {
  if (!actions.includes(action)) {
    const message = `This worker does not allow ${action}: add it to REDIS_TASK_ACTIONS (now: ${actions.join(', ') || 'none'}).`;
    return ownError('ActionNotAllowed', message);
  }
  try {
    for (const name of secretNames(params)) readSecret(secretsFolder, name);
    return undefined;
  } catch (error) {
    if (!(error instanceof SecretUnavailableError)) throw error;
    return ownError('SecretUnavailable', error.message);
  }
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
  options: Pick<RedisApiCall, 'signal' | 'timeoutMs'> = {},
): Promise<Submitted> {
  const refusal = refusalHere(question, limits);
  if (refusal) return { class: 'refused', error: refusal };
  const { action, region, params } = question;
  const secrets: string[] = [];
  const sent = withSecrets(params, (name) => {
    const secret = readSecret(limits.secretsFolder, name);
    secrets.push(secret);
    return secret;
  }) as Readonly<Record<string, unknown>>;
  const hidden = <T>(told: T): T => secrets.reduce((shown, secretKey) => redact(shown, { secretKey }), told);

  try {
    const response = hidden(await api.call({ action, region, params: sent, ...options }));
    const requestId = textField(response, 'RequestId');
    const started = readStarted(response);
    if (started) return { class: 'accepted', started, requestId, response };
    const fields = Object.keys(response).join(', ').slice(0, 200);
    const message = `The API answered without a task or an order; it sent: ${fields}`;
    return { class: 'uncertain', error: { ...ownError('InvalidResponse', message), requestId } };
  } catch (error) {
    if (!(error instanceof TencentApiError)) throw error;
    return { class: submitClassOf(error.code, pollErrorClassOf(error)), error: hidden(pollErrorOf(error)) };
  }
}

function ownError(code: string, message: string): PollError {
  return { code, message, requestId: null, at: new Date().toISOString() };
}
