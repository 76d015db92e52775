package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"
)

// docs:start
// end is how a stubbed wait ends: after a time, with a result, with a failure of the type that fails names, cancelled, or terminated.
type end struct {
	after   time.Duration
	fails   string
	details map[string]any
}

// stubAwaitRedisTask registers a workflow awaitRedisTask. The first wait ends as the first end says, and so on.
func stubAwaitRedisTask(env *testsuite.TestWorkflowEnvironment, ends ...end) {
	stub := func(ctx workflow.Context, input map[string]any) (map[string]any, error) {
		this := ends[0]
		ends = ends[1:]
		if err := workflow.Sleep(ctx, this.after); err != nil {
			return nil, err
		}
		details := map[string]any{"taskId": input["taskId"], "region": input["region"], "polls": 1}
		details["waitedMs"] = this.after.Milliseconds()
		for name, value := range this.details {
			details[name] = value
		}
		if this.fails == "cancelled" {
			return nil, temporal.NewCanceledError()
		}
		if this.fails == "terminated" {
			return nil, &temporal.TerminatedError{}
		}
		if this.fails == "" {
			return details, nil
		}
		return nil, temporal.NewNonRetryableApplicationError("The wait failed.", this.fails, nil, details)
	}
	env.RegisterWorkflowWithOptions(stub, workflow.RegisterOptions{Name: "awaitRedisTask"})
}

func TestGivesUpWhenTheTaskFails(t *testing.T) {
	env := new(testsuite.WorkflowTestSuite).NewTestWorkflowEnvironment()
	stubAwaitRedisTask(env, end{
		after:   3 * time.Minute,
		fails:   "RedisTaskFailed",
		details: map[string]any{"status": "failed", "message": "The backup file is damaged."},
	})

	env.ExecuteWorkflow(ProvisionRedis, ProvisionInput{TaskID: 18215, Region: "ap-guangzhou"})

	outcome := outcomeOf(t, env)
	require.Equal(t, "gave up", outcome.Outcome)
	require.Equal(t, "The backup file is damaged.", *outcome.Message)
}
// docs:end

func TestIsReadyWhenTheTaskHasSucceeded(t *testing.T) {
	env := new(testsuite.WorkflowTestSuite).NewTestWorkflowEnvironment()
	stubAwaitRedisTask(env, end{after: 40 * time.Minute, details: map[string]any{"status": "succeed"}})
	began := env.Now()

	env.ExecuteWorkflow(ProvisionRedis, ProvisionInput{TaskID: 18215, Region: "ap-guangzhou"})

	require.Equal(t, "ready", outcomeOf(t, env).Outcome)
	require.GreaterOrEqual(t, env.Now().Sub(began), 40*time.Minute)
}

func TestAlertsWhenTheTaskBreaksOff(t *testing.T) {
	env := new(testsuite.WorkflowTestSuite).NewTestWorkflowEnvironment()
	stubAwaitRedisTask(env, end{fails: "RedisTaskErrored", details: map[string]any{"status": "error"}})
	env.OnActivity(Alert, mock.Anything, "The wait failed.").Return(nil).Once()

	env.ExecuteWorkflow(ProvisionRedis, ProvisionInput{TaskID: 18215, Region: "ap-guangzhou"})

	require.Equal(t, "alerted", outcomeOf(t, env).Outcome)
	env.AssertExpectations(t)
}

func TestWaitsOnceMoreWithTheInputThatTheFailureCarries(t *testing.T) {
	env := new(testsuite.WorkflowTestSuite).NewTestWorkflowEnvironment()
	resumeInput := map[string]any{"taskId": 18215, "region": "ap-guangzhou", "maxWait": 7_200_000}
	stubAwaitRedisTask(env,
		end{
			after:   2 * time.Hour,
			fails:   "RedisTaskTimedOut",
			details: map[string]any{"status": "running", "resumeInput": resumeInput},
		},
		end{after: time.Hour, details: map[string]any{"status": "succeed"}},
	)

	env.ExecuteWorkflow(ProvisionRedis, ProvisionInput{TaskID: 18215, Region: "ap-guangzhou"})

	outcome := outcomeOf(t, env)
	require.Equal(t, "ready", outcome.Outcome)
	require.Equal(t, 2, outcome.Waits)
}

func TestStopsWhenTheKeyIsRefused(t *testing.T) {
	env := new(testsuite.WorkflowTestSuite).NewTestWorkflowEnvironment()
	lastError := map[string]any{"code": "AuthFailure.SecretIdNotFound", "message": "The SecretId is not found."}
	stubAwaitRedisTask(env, end{fails: "RedisTaskUnauthorized", details: map[string]any{"lastError": lastError}})

	env.ExecuteWorkflow(ProvisionRedis, ProvisionInput{TaskID: 18215, Region: "ap-guangzhou"})

	outcome := outcomeOf(t, env)
	require.Equal(t, "stopped", outcome.Outcome)
	require.Equal(t, "AuthFailure.SecretIdNotFound", *outcome.ErrorCode)
}

func TestTellsItsWaitToLookAtTheTask(t *testing.T) {
	env := new(testsuite.WorkflowTestSuite).NewTestWorkflowEnvironment()
	wait := func(ctx workflow.Context, input AwaitRedisTaskInput) (RedisTaskResult, error) {
		workflow.GetSignalChannel(ctx, "pollNow").Receive(ctx, nil)
		return RedisTaskResult{TaskID: input.TaskID, Region: input.Region, Status: "succeed"}, nil
	}
	env.RegisterWorkflowWithOptions(wait, workflow.RegisterOptions{Name: "awaitRedisTask"})
	env.RegisterDelayedCallback(func() { env.SignalWorkflow("pollNow", nil) }, time.Minute)

	env.ExecuteWorkflow(ProvisionRedis, ProvisionInput{TaskID: 18215, Region: "ap-guangzhou"})

	require.Equal(t, "ready", outcomeOf(t, env).Outcome)
}

func TestEndsAsCancelledIfSomebodyCancelsItsWait(t *testing.T) {
	env := new(testsuite.WorkflowTestSuite).NewTestWorkflowEnvironment()
	stubAwaitRedisTask(env, end{after: time.Minute, fails: "cancelled"})

	env.ExecuteWorkflow(ProvisionRedis, ProvisionInput{TaskID: 18215, Region: "ap-guangzhou"})

	var cancelled *temporal.CanceledError
	require.ErrorAs(t, env.GetWorkflowError(), &cancelled)
}

func TestWaitsForSeveralTasksAndEachEndsByItself(t *testing.T) {
	env := new(testsuite.WorkflowTestSuite).NewTestWorkflowEnvironment()
	stubAwaitRedisTask(env,
		end{after: 40 * time.Minute, details: map[string]any{"status": "succeed"}},
		end{after: 3 * time.Minute, fails: "RedisTaskFailed"},
		end{after: 10 * time.Minute, fails: "cancelled"},
		end{after: 20 * time.Minute, fails: "terminated"},
	)

	env.ExecuteWorkflow(ProvisionAll, severalTasks)

	require.NoError(t, env.GetWorkflowError())
	var ends []string
	require.NoError(t, env.GetWorkflowResult(&ends))
	// Which of them begins first is not said.
	require.ElementsMatch(t, []string{"succeed", "RedisTaskFailed", "cancelled", "terminated"}, ends)
}

func TestEndsAsCancelledAfterAllOfItsWaits(t *testing.T) {
	env := new(testsuite.WorkflowTestSuite).NewTestWorkflowEnvironment()
	hour := end{after: time.Hour}
	stubAwaitRedisTask(env, hour, hour, hour, hour)
	env.RegisterDelayedCallback(env.CancelWorkflow, time.Minute)

	env.ExecuteWorkflow(ProvisionAll, severalTasks)

	var cancelled *temporal.CanceledError
	require.ErrorAs(t, env.GetWorkflowError(), &cancelled)
}

var severalTasks = []ProvisionInput{
	{TaskID: 18215, Region: "ap-guangzhou"},
	{TaskID: 18216, Region: "ap-guangzhou"},
	{TaskID: 18217, Region: "ap-guangzhou"},
	{TaskID: 18218, Region: "ap-guangzhou"},
}

func TestEndsAsCancelledAfterItsWait(t *testing.T) {
	env := new(testsuite.WorkflowTestSuite).NewTestWorkflowEnvironment()
	stubAwaitRedisTask(env, end{after: time.Hour})
	env.RegisterDelayedCallback(env.CancelWorkflow, time.Minute)

	env.ExecuteWorkflow(ProvisionRedis, ProvisionInput{TaskID: 18215, Region: "ap-guangzhou"})

	var cancelled *temporal.CanceledError
	require.ErrorAs(t, env.GetWorkflowError(), &cancelled)
}

func outcomeOf(t *testing.T, env *testsuite.TestWorkflowEnvironment) ProvisionOutcome {
	t.Helper()
	require.NoError(t, env.GetWorkflowError())
	var outcome ProvisionOutcome
	require.NoError(t, env.GetWorkflowResult(&outcome))
	return outcome
}
