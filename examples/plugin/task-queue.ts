/** Pipelines and their waits run on this queue. The plugin serves `upgrades-api`, the queue of the API calls. */
export const TASK_QUEUE = 'upgrades';
