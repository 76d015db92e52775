import { measureCall } from './call.js';
import { fleet } from './fleet.js';
import { measureSchedules } from './schedules/measure.js';
import { shared } from './shared.js';
import { start } from './start.js';
import { definePart, type Part } from './support/part.js';

const schedules = definePart({
  about: 'calls and lateness of each schedule, computed',
  parametersFor: () => ({}),
  measure: measureSchedules,
});

const call = definePart({
  about: "CPU of one signed call, next to Tencent's SDK and bare node:http",
  parametersFor: ({ quick }) => (quick ? { rounds: 3, calls: 1_000 } : { rounds: 7, calls: 2_000 }),
  measure: measureCall,
});

/** Everything that is measured, in this order. */
export const PARTS: Readonly<Record<string, Part>> = { schedules, call, start, fleet, shared };
