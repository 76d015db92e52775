import { setTimeout as sleep } from 'node:timers/promises';
import { act } from './actions.js';
import { ApiRefusal } from './api-refusal.js';
import { CallLog, type SimulatorCall } from './call-log.js';
import type { SimulatorCredential } from './credential.js';
import { FaultBook, type FaultTarget } from './fault-book.js';
import { passGateway } from './gateway.js';
import type { Connection } from './http-listener.js';
import type { Settings } from './options.js';
import { peekTaskId } from './parameters.js';
import { RateWindow } from './rate-window.js';
import type { ReceivedRequest } from './received-request.js';
import { htmlPage, insteadOfApi, refusal, spoil, success, type Reply } from './reply.js';
import { TaskBook } from './task-book.js';

/** The longest a timer can run, about 25 days. */
const FOREVER_MS = 2 ** 31 - 1;

/** The API without its HTTP server: what it holds, and the way of one call through faults, gateway and backend. */
export class SimulatedApi {
  readonly tasks: TaskBook;
  readonly faults: FaultBook;
  readonly log: CallLog;
  credentials: ReadonlyMap<string, SimulatorCredential>;
  clockOffsetMs: number;
  onCreate: Settings['onCreate'];
  private readonly rate = new RateWindow();
  private readonly arrivals = new RateWindow();

  constructor(private readonly settings: Settings) {
    this.tasks = new TaskBook(settings.now);
    this.faults = new FaultBook(settings.now, settings.random);
    this.log = new CallLog(settings.keepCalls);
    this.credentials = byId(settings.credentials);
    this.clockOffsetMs = settings.clockOffsetMs;
    this.onCreate = settings.onCreate;
  }

  get serverNowMs(): number {
    return this.settings.now() + this.clockOffsetMs;
  }

  /** Answers one call and notes it in the log. Rejects when the client goes away first. */
  async answer(request: ReceivedRequest, connection: Connection, gone: AbortSignal): Promise<Reply> {
    const call = this.begin(request, connection);
    const target = { action: call.action, taskId: call.taskId, reused: connection.requests > 1 };
    const slow = this.faults.strike('delay', target);
    let outcome = 'fault:slow';
    try {
      if (slow) await sleep(slow.delayMs, undefined, { signal: gone });
      const reply = this.reply(request, target);
      outcome = reply.outcome;
      if (reply.wire === 'hang') await sleep(FOREVER_MS, undefined, { signal: gone });
      gone.throwIfAborted();
      const { requestId, status, taskId = call.taskId } = reply;
      this.log.end(call, { outcome, requestId, status, taskId });
      return reply;
    } catch (error) {
      this.log.end(call, { outcome, aborted: true });
      throw error;
    }
  }

  private begin(request: ReceivedRequest, connection: Connection): SimulatorCall {
    const action = short(request.header('x-tc-action'));
    return this.log.begin(
      {
        at: this.settings.now(),
        action,
        taskId: peekTaskId(request),
        region: short(request.header('x-tc-region')),
        secretId: short(/Credential=([^/\s,]+)/.exec(request.header('authorization') ?? '')?.[1]),
        connectionId: connection.id,
      },
      this.arrivals.count(action ?? '', this.serverNowMs),
    );
  }

  private reply(request: ReceivedRequest, target: FaultTarget): Reply {
    const gatewayFault = this.faults.strike('gateway', target);
    if (gatewayFault) return insteadOfApi(gatewayFault);
    if (request.path !== '/') return htmlPage(404, 'NotFound');
    const reply = this.replyOfApi(request, target);
    const spoiler = this.faults.strike('answer', { ...target, refused: reply.outcome !== 'ok' });
    return spoiler ? spoil(reply, spoiler) : reply;
  }

  private replyOfApi(request: ReceivedRequest, target: FaultTarget): Reply {
    try {
      passGateway(request, {
        credentials: this.credentials,
        serverNowMs: this.serverNowMs,
        regions: this.settings.regions,
        requestsPerSecond: this.settings.requestsPerSecond,
        rate: this.rate,
      });
      const fault = this.faults.strike('backend', target);
      if (fault?.kind === 'throttled') throw new ApiRefusal(fault.code ?? 'RequestLimitExceeded');
      if (fault) throw new ApiRefusal(fault.code, fault.message);
      return success(
        act(request, {
          tasks: this.tasks,
          onCreate: this.onCreate,
          unknownTaskCode: this.settings.unknownTaskCode,
          serverNowMs: this.serverNowMs,
        }),
      );
    } catch (error) {
      // Anything else is a mistake in the test's own `onCreate` or `random`: it must not look like a fault of the API.
      const asRefusal =
        error instanceof ApiRefusal ? error : new ApiRefusal('InternalError', `Simulator: ${String(error)}`);
      return refusal(asRefusal, request.header('x-tc-language'));
    }
  }
}

/** Credentials by their id, as the gateway looks them up. */
export function byId(credentials: readonly SimulatorCredential[]): ReadonlyMap<string, SimulatorCredential> {
  return new Map(credentials.map((credential) => [credential.secretId, credential]));
}

/** Keeps a hostile header from filling the log. */
function short(text: string | undefined): string | undefined {
  return text?.slice(0, 128);
}
