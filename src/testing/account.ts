// The simulated account, and what a test decides of it.
import type { RedisActionName } from '../contract/action/actions.js';
import type { DealScript, InstanceBook, InstanceScript } from './instances.js';
import type { Settings, SimulatorCredential } from './options.js';
import type { Parameters } from './parameters.js';
import type { RateWindow } from './rate-window.js';
import type { TaskScript } from './task-script.js';
import type { TaskBook } from './tasks.js';

/** The actions that create a task. */
export type CreatingAction = RedisActionName;

/** The task that an action creates, or the error that refuses it. */
export type Creation =
  | (TaskScript & {
      /** Answer `"TaskId": "6954227"`, a string, as some actions of the API do. @default false */
      readonly taskIdAsString?: boolean;
      /** Answer this id and create no task: 0 and -1 are what the API answers when there is nothing to do. */
      readonly noTaskId?: number;
    })
  | ActionRefusal;

/**
 * What an action does from now on, each time.
 *
 * - `error` refuses it
 * - `answer` is the fields of `Response`, and it starts nothing
 * - `task` is what an action that answers with a task creates, for the instance of the request unless it names one
 * - `deal`, with `instances`, `task` and `tellsInstances`, is what an action orders that answers with a deal
 */
export type ActionScript =
  | ActionRefusal
  | { readonly answer: Readonly<Record<string, unknown>> }
  | { readonly task: Exclude<Creation, ActionRefusal> }
  | Exclude<Order, ActionRefusal>;

/** @inline */
interface ActionRefusal {
  readonly error: { readonly code: string; readonly message?: string };
}

/** Decides what an action creates. `parameters` are those of the request, as text. */
export type OnCreate = (action: CreatingAction, parameters: Parameters) => Creation;

/** What an action answers: the fields of `Response`, without `RequestId`, or the error that refuses it. */
export type ActionAnswer =
  | (Readonly<Record<string, unknown>> & { readonly error?: never })
  | { readonly error: { readonly code: string; readonly message?: string } };

/** Answers an action. `parameters` are those of the request, as parsed from its JSON. */
export type OnAction = (parameters: Readonly<Record<string, unknown>>, region: string) => ActionAnswer;

/** An order that an action makes, or the error that refuses it. */
export type Order =
  | {
      readonly deal: DealScript;
      /** New instances, or new timelines of those that the order changes, by id. */
      readonly instances?: Readonly<Record<string, InstanceScript>>;
      /** The task that carries it out. */
      readonly task?: TaskScript;
      /** Whether the answer names the instances. @default for `CreateInstances` and `CloneInstances` */
      readonly tellsInstances?: boolean;
    }
  | { readonly error: { readonly code: string; readonly message?: string } };

/** Decides what an order is. `parameters` are those of the request, as parsed from its JSON. */
export type OnOrder = (action: RedisActionName, parameters: Readonly<Record<string, unknown>>) => Order;

/** A change that the simulated API has made. */
export interface ExecutedChange {
  /** Unix time in milliseconds by the simulator's `now`. */
  readonly at: number;
  readonly action: string;
  readonly region: string;
  /** As sent, passwords too. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** The simulated account: what it has, and what it is allowed. */
export interface Account extends Pick<
  Settings,
  'regions' | 'requestsPerSecond' | 'listRequestsPerSecond' | 'unknownTaskCode' | 'dealParameters'
> {
  readonly tasks: TaskBook;
  readonly instances: InstanceBook;
  readonly rate: RateWindow;
  readonly serverNowMs: () => number;
  credentials: ReadonlyMap<string, SimulatorCredential>;
  onCreate: OnCreate;
  onOrder: OnOrder;
  /** The error for an instance that another flow holds. */
  lockedCode: string;
  /** What the API has done, in its order. */
  readonly executed: ExecutedChange[];
  /** Actions that a test has scripted: they go before all others. */
  readonly scripts: Map<string, ActionScript>;
  /** Actions that the simulator leaves to the test. */
  readonly actions: Map<string, OnAction>;
}
