/**
 * What one signed `DescribeTaskInfo` costs this process in CPU, next to Tencent's own SDK and to bare `node:http`.
 *
 *   node scripts/with-project.mjs --with bench --import tsx bench/call.ts [--rounds 7] [--calls 2000]
 *
 * The answers come from another process, so that only the calls are measured. All keep their connections: the SDK by
 * Node's global agent, which has done so since Node 19.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import pMap from 'p-map';
import { CommonClient } from 'tencentcloud-sdk-nodejs-common';
// What is published: the loader that runs this file makes functions slower than they are.
import { describeTaskInfo } from '../lib/tencent/describe-task-info.js';
import { createRedisApi } from '../lib/tencent/redis-api.js';
import { signTc3 } from '../lib/tencent/sign.js';

const CREDENTIAL = { secretId: 'AKIDbench', secretKey: 'benchSecretKey' };
const TASK = { taskId: 18215, region: 'ap-guangzhou' };
const CONCURRENCY = 8;

/** One way to make the call. */
interface Side {
  readonly call: () => Promise<unknown>;
  readonly close?: () => void;
}

/** CPU per call in microseconds: the median, and each round. */
export interface CallCost {
  readonly median: number;
  readonly rounds: readonly number[];
}

export interface CallCosts {
  readonly ours: CallCost;
  readonly sdk: CallCost;
  readonly bare: CallCost;
  /** Our CPU per call in parts of the SDK's. */
  readonly ratio: number;
}

/** Measures all sides in turn, in so many rounds of so many calls, after a round to warm up. */
export async function measureCall({ rounds, calls }: { rounds: number; calls: number }): Promise<CallCosts> {
  const server = fork(new URL('loopback-server.ts', import.meta.url));
  const [port] = (await once(server, 'message')) as [number];
  const url = new URL(`http://127.0.0.1:${port}`);
  const sides = { ours: ours(url), sdk: sdk(url), bare: bare(url) };
  const costs: Record<keyof typeof sides, number[]> = { ours: [], sdk: [], bare: [] };
  for (let round = 0; round <= rounds; round += 1) {
    for (const side of ['ours', 'sdk', 'bare'] as const) {
      const cost = await cpuPerCall(sides[side].call, calls);
      if (round > 0) costs[side].push(cost);
    }
  }
  for (const { close } of Object.values(sides)) close?.();
  server.disconnect();
  const costOf = (each: readonly number[]): CallCost => ({ median: median(each), rounds: each });
  return {
    ours: costOf(costs.ours),
    sdk: costOf(costs.sdk),
    bare: costOf(costs.bare),
    ratio: median(costs.ours) / median(costs.sdk),
  };
}

/** In microseconds, user and system. */
async function cpuPerCall(call: () => Promise<unknown>, calls: number): Promise<number> {
  const before = process.cpuUsage();
  await pMap(Array(calls), call, { concurrency: CONCURRENCY });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

function ours(endpoint: URL): Side {
  const api = createRedisApi({ credentials: { getCredential: () => Promise.resolve(CREDENTIAL) }, endpoint });
  return { call: () => describeTaskInfo(api, TASK), close: () => api.close() };
}

function sdk({ host }: URL): Side {
  const client = new CommonClient(host, '2018-04-12', {
    credential: CREDENTIAL,
    region: TASK.region,
    profile: { httpProfile: { protocol: 'http://' } },
  });
  return { call: () => client.request('DescribeTaskInfo', { TaskId: TASK.taskId }) };
}

function bare(url: URL): Side {
  const agent = new Agent({ keepAlive: true });
  const call = () =>
    new Promise((resolve, reject) => {
      const payload = JSON.stringify({ TaskId: TASK.taskId });
      const signed = { host: url.host, 'content-type': 'application/json' };
      const timestampS = Math.floor(Date.now() / 1000);
      const toSign = { method: 'POST', service: 'redis', headers: signed, payload } as const;
      const headers = {
        ...signed,
        'content-length': payload.length,
        authorization: signTc3(toSign, CREDENTIAL, timestampS).authorization,
        'x-tc-action': 'DescribeTaskInfo',
        'x-tc-version': '2018-04-12',
        'x-tc-region': TASK.region,
        'x-tc-timestamp': String(timestampS),
      };
      const outgoing = request(url, { method: 'POST', headers, agent }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('error', reject).on('end', () => resolve(JSON.parse(text)));
      });
      outgoing.on('error', reject).end(payload);
    });
  return { call, close: () => agent.destroy() };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const options = { rounds: { type: 'string', default: '7' }, calls: { type: 'string', default: '2000' } } as const;
  const { rounds, calls } = parseArgs({ options }).values;
  const { ratio, ...costs } = await measureCall({ rounds: Number(rounds), calls: Number(calls) });
  const names = { ours: 'describeTaskInfo', sdk: "Tencent's SDK", bare: 'node:http, signed' };
  console.table(
    Object.fromEntries(
      (['ours', 'sdk', 'bare'] as const).map((side) => {
        const { median: cost, rounds: each } = costs[side];
        const [least, most] = [Math.min(...each), Math.max(...each)].map(Math.round);
        return [names[side], { 'CPU per call, µs': Math.round(cost), least, most }];
      }),
    ),
  );
  console.log(`A call costs ${ratio.toFixed(2)} times the CPU of one by Tencent's SDK.`);
}
