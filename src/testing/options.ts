import { defaultOnCreate, type OnCreate } from './actions.js';
import { SIMULATOR_CREDENTIAL, type SimulatorCredential } from './credential.js';
import { REGIONS } from './regions.js';

/** How a simulator behaves; every option has a default. */
export interface SimulatorOptions {
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** @default 0, any free port */
  readonly port?: number;
  /** The keys it accepts. @default one fake pair, `SIMULATOR_CREDENTIAL` */
  readonly credentials?: readonly SimulatorCredential[];
  /** Limit per action, host and key in each second of its clock; false for none. @default 20 */
  readonly requestsPerSecond?: number | false;
  /** By how many milliseconds the server's clock is ahead, also in its `Date` header. @default 0 */
  readonly clockOffsetMs?: number;
  /** The regions it serves; others are `UnsupportedRegion`. @default the regions of Tencent Cloud */
  readonly regions?: readonly string[];
  /** The error for a task it does not know. @default 'InvalidParameter.InvalidParameter' */
  readonly unknownTaskCode?: string;
  /** What `ClearInstance` and `ManualBackupInstance` create. @default a task that succeeds after three seconds */
  readonly onCreate?: OnCreate;
  /** After how many idle milliseconds it closes a connection. @default 60000 */
  readonly keepAliveTimeoutMs?: number;
  /** How many calls `calls` keeps. @default 100000 */
  readonly keepCalls?: number;
  /** Its clock, Unix time in milliseconds: a test may move it. Delays of `slow` are real time all the same. @default Date.now */
  readonly now?: () => number;
  /** Throws the dice for faults with a probability, 0 to below 1. @default Math.random */
  readonly random?: () => number;
}

/** Options with their defaults. */
export type Settings = Required<SimulatorOptions>;

export const DEFAULTS: Settings = {
  host: '127.0.0.1',
  port: 0,
  credentials: [SIMULATOR_CREDENTIAL],
  requestsPerSecond: 20,
  clockOffsetMs: 0,
  regions: REGIONS,
  unknownTaskCode: 'InvalidParameter.InvalidParameter',
  onCreate: defaultOnCreate,
  keepAliveTimeoutMs: 60_000,
  keepCalls: 100_000,
  now: Date.now,
  random: Math.random,
};
