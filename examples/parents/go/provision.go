package main

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/workflow"
)

// The number of waits for one task before a person has to decide.
const waitsMax = 2

// ProvisionInput names the task to wait for. An earlier step has submitted it.
type ProvisionInput struct {
	TaskID  int64  `json:"taskId"`
	Region  string `json:"region"`
	MaxWait string `json:"maxWait,omitempty"`
}

// ProvisionOutcome is the outcome of a pipeline.
type ProvisionOutcome struct {
	// Outcome is "ready", "gave up", "alerted" or "stopped".
	Outcome    string  `json:"outcome"`
	TaskID     int64   `json:"taskId"`
	Waits      int     `json:"waits"`
	Status     *string `json:"status"`
	InstanceID *string `json:"instanceId"`
	// Message is the message of the API.
	Message *string `json:"message"`
	// Type and Reason are the type and the message of the failure.
	Type         *string `json:"type"`
	Reason       *string `json:"reason"`
	ErrorCode    *string `json:"errorCode"`
	InvalidField *string `json:"invalidField"`
}

// ProvisionRedis waits until the change of an instance is done and handles each failure. If cancelled, it ends as
// cancelled after its wait.
func ProvisionRedis(ctx workflow.Context, input ProvisionInput) (*ProvisionOutcome, error) {
	var wait any = AwaitRedisTaskInput(input)
	for waits := 1; ; waits++ {
		result, err := executeAwaitRedisTask(ctx, input.TaskID, input.Region, wait)
		if err == nil {
			return &ProvisionOutcome{
				Outcome:    "ready",
				TaskID:     result.TaskID,
				Waits:      waits,
				Status:     &result.Status,
				InstanceID: result.InstanceID,
				Message:    result.Message,
			}, nil
		}
		failure, ok := decodeRedisTaskFailure(err)
		if !ok {
			// A cancellation, or an error that does not come from a wait.
			return nil, err
		}
		switch failure.Type {
		case RedisTaskFailed:
			// The API says why, and nothing is half done. The caller can try something else.
			return ended("gave up", input, waits, failure), nil
		case RedisTaskErrored:
			// The instance may be half changed. A person has to check it before anything else touches it.
			return ended("alerted", input, waits, failure), alert(ctx, failure.Message)
		case RedisTaskTimedOut:
			if waits == waitsMax {
				return ended("alerted", input, waits, failure), alert(ctx, failure.Message)
			}
			// The task goes on. Wait on with the input that the failure carries.
			wait = failure.Details.ResumeInput
		case RedisTaskUnauthorized, RedisTaskRejected, RedisTaskInvalidInput:
			// Another wait would not help: the key, the task or the input is wrong.
			return ended("stopped", input, waits, failure), nil
		default:
			return nil, err
		}
	}
}

func ended(outcome string, input ProvisionInput, waits int, failure RedisTaskFailure) *ProvisionOutcome {
	details := failure.Details
	end := &ProvisionOutcome{
		Outcome:    outcome,
		TaskID:     input.TaskID,
		Waits:      waits,
		Status:     details.Status,
		InstanceID: details.InstanceID,
		Message:    details.Message,
		Type:       &failure.Type,
		Reason:     &failure.Message,
	}
	if details.LastError != nil {
		end.ErrorCode = &details.LastError.Code
	}
	if details.Invalid != nil {
		end.InvalidField = &details.Invalid.Field
	}
	return end
}

func alert(ctx workflow.Context, message string) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 30 * time.Second})
	return workflow.ExecuteActivity(ctx, Alert, message).Get(ctx, nil)
}

// Alert alerts a person. Call your pager here.
func Alert(ctx context.Context, message string) error {
	activity.GetLogger(ctx).Warn(message)
	return nil
}
