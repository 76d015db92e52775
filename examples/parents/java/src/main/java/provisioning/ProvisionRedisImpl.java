package provisioning;

import io.temporal.activity.ActivityOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/** Decides what each failure means. Cancelled, it ends as cancelled once its wait has. */
public final class ProvisionRedisImpl implements ProvisionRedis {
  /** How often one task is waited for before a person has to decide. */
  private static final int WAITS_MAX = 2;

  private final Alerts alerts =
      Workflow.newActivityStub(
          Alerts.class,
          ActivityOptions.newBuilder().setStartToCloseTimeout(Duration.ofSeconds(30)).build());

  @Override
  public Outcome provision(Input input) {
    Object wait = new RedisTask.Input(input.taskId(), input.region(), input.maxWait());
    for (int waits = 1; ; waits++) {
      try {
        return ready(waits, RedisTask.await(input.taskId(), input.region(), wait));
      } catch (ChildWorkflowFailure error) {
        if (!(error.getCause() instanceof ApplicationFailure failure)) {
          // A cancellation, or something that is no failure of a wait.
          throw error;
        }
        var details = failure.getDetails().get(RedisTask.Details.class);
        switch (failure.getType()) {
          case "RedisTaskFailed":
            // The API says why, and nothing is half done: who asked for it can try something else.
            return ended("gave up", input, waits, failure, details);
          case "RedisTaskErrored":
            // The instance may be half changed: a person has to look before anything touches it.
            alerts.alert(failure.getOriginalMessage());
            return ended("alerted", input, waits, failure, details);
          case "RedisTaskTimedOut":
            if (waits == WAITS_MAX) {
              alerts.alert(failure.getOriginalMessage());
              return ended("alerted", input, waits, failure, details);
            }
            // The task goes on, so the wait can too: with what the failure hands over.
            wait = details.resumeInput();
            break;
          case "RedisTaskUnauthorized":
          case "RedisTaskRejected":
          case "RedisTaskInvalidInput":
            // Asking again would not help: the key, the task or the input is wrong.
            return ended("stopped", input, waits, failure, details);
          default:
            throw error;
        }
      }
    }
  }

  private static Outcome ready(int waits, RedisTask.Result task) {
    return new Outcome(
        "ready",
        task.taskId(),
        waits,
        task.status(),
        task.instanceId(),
        task.message(),
        null,
        null,
        null,
        null);
  }

  private static Outcome ended(
      String outcome,
      Input input,
      int waits,
      ApplicationFailure failure,
      RedisTask.Details details) {
    return new Outcome(
        outcome,
        input.taskId(),
        waits,
        details.status(),
        details.instanceId(),
        details.message(),
        failure.getType(),
        failure.getOriginalMessage(),
        details.lastError() == null ? null : details.lastError().code(),
        details.invalid() == null ? null : details.invalid().field());
  }
}
