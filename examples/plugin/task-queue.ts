/** The queue of the pipelines and of their waits; the calls go to `upgrades-api`, which the plugin serves. */
export const TASK_QUEUE = 'upgrades';
