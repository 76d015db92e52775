import { fleet } from './fleet.js';
import { memory } from './memory.js';
import { pacings } from './pacings.js';
import { measureSchedules } from './schedules/measure.js';
import { start } from './start.js';
import { definePart, type Part } from './support/part.js';

const schedules = definePart({
  about: 'calls and lateness of each schedule, computed',
  parametersFor: () => ({}),
  measure: measureSchedules,
});

/** Everything that is measured, in this order. */
export const PARTS: Readonly<Record<string, Part>> = { schedules, start, pacings, memory, fleet };
