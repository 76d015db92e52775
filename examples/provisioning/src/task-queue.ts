/** The pipelines run on this queue. */
export const TASK_QUEUE = 'provisioning';
