package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// The types of the failures that end a wait.
const (
	RedisTaskFailed       = "RedisTaskFailed"
	RedisTaskErrored      = "RedisTaskErrored"
	RedisTaskTimedOut     = "RedisTaskTimedOut"
	RedisTaskUnauthorized = "RedisTaskUnauthorized"
	RedisTaskRejected     = "RedisTaskRejected"
	RedisTaskInvalidInput = "RedisTaskInvalidInput"
)

// AwaitRedisTaskInput is the argument of awaitRedisTask. Leave out what you do not set: null is refused.
type AwaitRedisTaskInput struct {
	TaskID  int64  `json:"taskId"`
	Region  string `json:"region"`
	MaxWait string `json:"maxWait,omitempty"`
}

// RedisTaskResult is the task as the API last described it, once it has succeeded.
type RedisTaskResult struct {
	TaskID              int64   `json:"taskId"`
	Region              string  `json:"region"`
	Status              string  `json:"status"`
	TaskType            *string `json:"taskType"`
	InstanceID          *string `json:"instanceId"`
	StartTime           *string `json:"startTime"`
	Message             *string `json:"message"`
	RequestID           *string `json:"requestId"`
	Polls               int     `json:"polls"`
	WaitedMs            int64   `json:"waitedMs"`
	DetectionDelayMaxMs *int64  `json:"detectionDelayMaxMs"`
}

// RedisTaskDetails is the first detail of every failure of a wait. A value that was never seen is nil.
type RedisTaskDetails struct {
	TaskID     *int64  `json:"taskId"`
	Region     *string `json:"region"`
	Status     *string `json:"status"`
	TaskType   *string `json:"taskType"`
	InstanceID *string `json:"instanceId"`
	StartTime  *string `json:"startTime"`
	Message    *string `json:"message"`
	RequestID  *string `json:"requestId"`
	Polls      int     `json:"polls"`
	WaitedMs   int64   `json:"waitedMs"`
	// LastError is the last failed poll.
	LastError *struct {
		Code      string  `json:"code"`
		Message   string  `json:"message"`
		RequestID *string `json:"requestId"`
		At        string  `json:"at"`
	} `json:"lastError"`
	// ResumeInput comes with RedisTaskTimedOut. Pass it unchanged to wait on.
	ResumeInput json.RawMessage `json:"resumeInput"`
	// Invalid comes with RedisTaskInvalidInput.
	Invalid *struct {
		Field string `json:"field"`
		Rule  string `json:"rule"`
	} `json:"invalid"`
}

// RedisTaskFailure is the failure of a wait. Branch on its Type.
type RedisTaskFailure struct {
	Type    string
	Message string
	Details RedisTaskDetails
}

// startAwaitRedisTask starts the wait for a task, a child workflow. The input is an AwaitRedisTaskInput, or the
// ResumeInput of an earlier wait.
func startAwaitRedisTask(ctx workflow.Context, taskID int64, region string, input any) workflow.ChildWorkflowFuture {
	// docs:start
	ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		TaskQueue:             "redis-task",
		WorkflowID:            fmt.Sprintf("%s/redis-task/%s/%d", workflow.GetInfo(ctx).WorkflowExecution.ID, region, taskID),
		WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING,
		StaticSummary:         fmt.Sprintf("Redis task %d in %s", taskID, region),
		Memo:                  map[string]any{"taskId": taskID, "region": region},
		WaitForCancellation:   true,
	})
	wait := workflow.ExecuteChildWorkflow(ctx, "awaitRedisTask", input)
	// docs:end
	return wait
}

// executeAwaitRedisTask waits for a task. A signal pollNow to the parent has the wait look at the task at once.
func executeAwaitRedisTask(ctx workflow.Context, taskID int64, region string, input any) (RedisTaskResult, error) {
	wait := startAwaitRedisTask(ctx, taskID, region, input)

	// Whoever hears that the task has ended tells the pipeline, and it tells the wait.
	news := workflow.NewSelector(ctx)
	news.AddFuture(wait, func(workflow.Future) {})
	news.AddReceive(workflow.GetSignalChannel(ctx, "pollNow"), func(signals workflow.ReceiveChannel, _ bool) {
		signals.Receive(ctx, nil)
		wait.SignalChildWorkflow(ctx, "pollNow", nil)
	})
	for !wait.IsReady() {
		news.Select(ctx)
	}
	var result RedisTaskResult
	err := wait.Get(ctx, &result)
	return result, err
}

// decodeRedisTaskFailure finds the failure of a wait in a child workflow's error. It returns false for other errors,
// such as a cancellation.
func decodeRedisTaskFailure(err error) (RedisTaskFailure, bool) {
	var failure *temporal.ApplicationError
	if !errors.As(err, &failure) {
		return RedisTaskFailure{}, false
	}
	switch failure.Type() {
	case RedisTaskFailed, RedisTaskErrored, RedisTaskTimedOut,
		RedisTaskUnauthorized, RedisTaskRejected, RedisTaskInvalidInput:
	default:
		return RedisTaskFailure{}, false
	}
	var details RedisTaskDetails
	if err := failure.Details(&details); err != nil {
		return RedisTaskFailure{}, false
	}
	return RedisTaskFailure{Type: failure.Type(), Message: failure.Message(), Details: details}, true
}
