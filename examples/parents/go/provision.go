package main

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/workflow"
)

// How often one task is waited for before a person has to decide.
const waitsMax = 2

// ProvisionInput is the argument of ProvisionRedis. An earlier step has submitted the task.
type ProvisionInput struct {
	TaskID  int64  `json:"taskId"`
	Region  string `json:"region"`
	MaxWait string `json:"maxWait,omitempty"`
}

// ProvisionOutcome is how a pipeline ended.
type ProvisionOutcome struct {
	// Outcome is ready, gave up, alerted or stopped.
	Outcome    string  `json:"outcome"`
	TaskID     int64   `json:"taskId"`
	Waits      int     `json:"waits"`
	Status     *string `json:"status"`
	InstanceID *string `json:"instanceId"`
	// Message is what the API said.
	Message *string `json:"message"`
	// Type and Reason are those of the failure.
	Type         *string `json:"type"`
	Reason       *string `json:"reason"`
	ErrorCode    *string `json:"errorCode"`
	InvalidField *string `json:"invalidField"`
}

// ProvisionRedis waits until the change of an instance is really done, and decides what a failure means. Cancelled, it
// ends as cancelled once its wait has.
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
			// A cancellation, or something that is no failure of a wait.
			return nil, err
		}
		switch failure.Type {
		case RedisTaskFailed:
			// The API says why, and nothing is half done: whoever asked for it can try something else.
			return ended("gave up", input, waits, failure), nil
		case RedisTaskErrored:
			// The instance may be half changed: a person has to look before anything else touches it.
			return ended("alerted", input, waits, failure), alert(ctx, failure.Message)
		case RedisTaskTimedOut:
			if waits == waitsMax {
				return ended("alerted", input, waits, failure), alert(ctx, failure.Message)
			}
			// The task goes on, so the wait can too: with what the failure hands over.
			wait = failure.Details.ResumeInput
		case RedisTaskUnauthorized, RedisTaskRejected, RedisTaskInvalidInput:
			// Asking again would not help: the key, the task or the input is wrong.
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

// Alert tells a person. Put your pager here.
func Alert(ctx context.Context, message string) error {
	activity.GetLogger(ctx).Warn(message)
	return nil
}
