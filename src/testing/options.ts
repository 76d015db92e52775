/** A key pair that the simulator accepts. With a `token` it is a temporary one: requests must carry that token. */
export interface SimulatorCredential {
  readonly secretId: string;
  readonly secretKey: string;
  readonly token?: string;
}

/** The pair a simulator accepts by default. Fake: it is valid nowhere else. */
export const SIMULATOR_CREDENTIAL: SimulatorCredential = {
  secretId: 'AKIDsimulator0000000000000000000000',
  secretKey: 'simulatorSecretKey00000000000000',
};

/**
 * How a simulator behaves; every option has a default.
 *
 * @example
 * ```ts
 * const options: SimulatorOptions = {
 *   host: '127.0.0.1',
 *   port: 8080,
 *   credentials: [SIMULATOR_CREDENTIAL],
 *   requestsPerSecond: 5,
 *   listRequestsPerSecond: 25,
 *   clockOffsetMs: 600_000,
 *   regions: ['ap-guangzhou'],
 *   unknownTaskCode: 'ResourceNotFound.TaskNotExists',
 *   dealParameters: ['DealIds'],
 *   remoteControl: false,
 *   keepCalls: 1_000,
 *   now: () => Date.now(),
 *   random: () => 0.5,
 * };
 * ```
 */
export interface SimulatorOptions {
  /** The address it listens on. @default '127.0.0.1' */
  readonly host?: string;
  /** The port it listens on. @default 0, any free port */
  readonly port?: number;
  /** The keys it accepts. @default one fake pair, `SIMULATOR_CREDENTIAL` */
  readonly credentials?: readonly SimulatorCredential[];
  /** Limit per action, host and key in each second of its clock; false for none. @default 20 */
  readonly requestsPerSecond?: number | false;
  /** The same for `DescribeTaskList`, which has a limit of its own. @default 100 */
  readonly listRequestsPerSecond?: number | false;
  /** By how many milliseconds the server's clock is ahead, also in its `Date` header. @default 0 */
  readonly clockOffsetMs?: number;
  /** The regions it serves; others are `UnsupportedRegion`. @default the regions of Tencent Cloud */
  readonly regions?: readonly string[];
  /** The error for a task it does not know. @default 'InvalidParameter.InvalidParameter' */
  readonly unknownTaskCode?: string;
  /** By which parameters `DescribeInstanceDealDetail` can be asked: the API has changed. @default both */
  readonly dealParameters?: readonly ('DealName' | 'DealIds')[];
  /**
   * Whether other machines may script it under `/_simulator`, too. Whoever reaches its port then decides what its tasks do.
   * @default false
   */
  readonly remoteControl?: boolean;
  /** How many calls `calls` keeps. @default 100000 */
  readonly keepCalls?: number;
  /** Its clock, Unix time in milliseconds. Delays of `slow` faults use real time. @default Date.now */
  readonly now?: () => number;
  /** For faults with a probability: a number from 0 to below 1. @default Math.random */
  readonly random?: () => number;
}

/** Options with their defaults. */
export type Settings = Required<SimulatorOptions>;

export const DEFAULTS: Settings = {
  host: '127.0.0.1',
  port: 0,
  credentials: [SIMULATOR_CREDENTIAL],
  requestsPerSecond: 20,
  listRequestsPerSecond: 100,
  clockOffsetMs: 0,
  // The regions that the redis API is known to serve, finance zones included.
  regions: [
    ...['guangzhou', 'shanghai', 'nanjing', 'beijing', 'chengdu', 'chongqing', 'hongkong', 'taipei', 'singapore'],
    ...['bangkok', 'jakarta', 'mumbai', 'seoul', 'tokyo', 'beijing-fsi', 'shanghai-fsi', 'shenzhen-fsi'],
  ]
    .map((name) => `ap-${name}`)
    .concat('na-ashburn', 'na-siliconvalley', 'na-toronto', 'eu-frankfurt', 'eu-moscow', 'sa-saopaulo'),
  unknownTaskCode: 'InvalidParameter.InvalidParameter',
  dealParameters: ['DealName', 'DealIds'],
  remoteControl: false,
  keepCalls: 100_000,
  now: Date.now,
  random: Math.random,
};
