package main

import (
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// ProvisionAll waits for several tasks at once. It returns how each of them ended, in their order.
func ProvisionAll(ctx workflow.Context, tasks []ProvisionInput) ([]string, error) {
	waits := make([]workflow.ChildWorkflowFuture, len(tasks))
	for i, task := range tasks {
		waits[i] = startAwaitRedisTask(ctx, task.TaskID, task.Region, AwaitRedisTaskInput(task))
	}
	// Every wait ends before the pipeline does: the server terminates those that a pipeline leaves behind.
	ends := make([]string, len(tasks))
	var unexpected error
	for i, wait := range waits {
		var result RedisTaskResult
		err := wait.Get(ctx, &result)
		failure, failed := decodeRedisTaskFailure(err)
		switch {
		case err == nil:
			ends[i] = result.Status
		case failed:
			ends[i] = failure.Type
		case temporal.IsCanceledError(err):
			// If the pipeline goes on, somebody has cancelled this wait alone; its task goes on.
			ends[i] = "cancelled"
		case temporal.IsTerminatedError(err):
			ends[i] = "terminated"
		default:
			unexpected = err
		}
	}
	if ctx.Err() != nil {
		// The pipeline was cancelled, and its waits with it.
		return nil, ctx.Err()
	}
	return ends, unexpected
}
