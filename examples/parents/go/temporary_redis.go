package main

import (
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/workflow"
)

// Order is what to order: the parameters of CreateInstances.
type Order struct {
	Region string         `json:"region"`
	Params map[string]any `json:"params"`
}

// RunRedisActionInput is the argument of runRedisAction. Leave out what you do not set: null is refused.
type RunRedisActionInput struct {
	Action string         `json:"action"`
	Region string         `json:"region"`
	Params map[string]any `json:"params"`
	Expect map[string]int `json:"expect,omitempty"`
}

// RedisActionResult is what a change has started.
type RedisActionResult struct {
	TaskIDs     []int64  `json:"taskIds"`
	DealName    *string  `json:"dealName"`
	InstanceIDs []string `json:"instanceIds"`
}

// docs:start
// TemporaryRedis creates an instance, resizes it and deletes it. What fails ends it with the failure of the change.
func TemporaryRedis(ctx workflow.Context, order Order) (string, error) {
	created, err := change(ctx, RunRedisActionInput{"CreateInstances", order.Region, order.Params, nil})
	if err != nil {
		return "", err
	}
	id := created.InstanceIDs[0]
	resized := map[string]any{"InstanceId": id, "MemSize": 4096}
	expect := map[string]int{"memSizeMb": 4096}
	if _, err := change(ctx, RunRedisActionInput{"UpgradeInstance", order.Region, resized, expect}); err != nil {
		return "", err
	}
	instance := map[string]any{"InstanceId": id}
	_, err = change(ctx, RunRedisActionInput{"DestroyPostpaidInstance", order.Region, instance, nil})
	return id, err
}

func change(ctx workflow.Context, input RunRedisActionInput) (result RedisActionResult, err error) {
	ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		TaskQueue:             "redis-task",
		WorkflowID:            workflow.GetInfo(ctx).WorkflowExecution.ID + "/" + input.Action,
		WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		WaitForCancellation:   true,
	})
	err = workflow.ExecuteChildWorkflow(ctx, "runRedisAction", input).Get(ctx, &result)
	return result, err
}
// docs:end
