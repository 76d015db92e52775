package main

import (
	"encoding/json"
	"errors"
	"fmt"

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

// executeAwaitRedisTask waits for a task in a child workflow. The input is an AwaitRedisTaskInput, or the ResumeInput
// of an earlier wait.
func executeAwaitRedisTask(ctx workflow.Context, taskID int64, region string, input any) (RedisTaskResult, error) {
	// docs:start
	ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		TaskQueue:           "redis-task",
		WorkflowID:          fmt.Sprintf("%s/redis-task/%s/%d", workflow.GetInfo(ctx).WorkflowExecution.ID, region, taskID),
		StaticSummary:       fmt.Sprintf("Redis task %d in %s", taskID, region),
		Memo:                map[string]any{"taskId": taskID, "region": region},
		WaitForCancellation: true,
	})
	var result RedisTaskResult
	err := workflow.ExecuteChildWorkflow(ctx, "awaitRedisTask", input).Get(ctx, &result)
	// docs:end
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
