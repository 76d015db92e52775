const SETTINGS = ['matching.numTaskqueueReadPartitions=1', 'matching.numTaskqueueWritePartitions=1'];

/**
 * A dev server whose task queues have one partition. By default they have four, and passing work and polls between them
 * takes a fifth of its time. What depends on that is tested in `client/busy-worker` and `cli/workers-gone`.
 */
export const ONE_PARTITION = { extraArgs: SETTINGS.flatMap((each) => ['--dynamic-config-value', each]) };
