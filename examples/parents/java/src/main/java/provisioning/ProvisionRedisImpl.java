package provisioning;

import io.temporal.activity.ActivityOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.workflow.ChildWorkflowStub;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/** Handles each failure of a wait. If cancelled, it ends as cancelled after its wait. */
public final class ProvisionRedisImpl implements ProvisionRedis {
  /** The number of waits for one task before a person has to decide. */
  private static final int WAITS_MAX = 2;

  private final Alerts alerts =
      Workflow.newActivityStub(
          Alerts.class,
          ActivityOptions.newBuilder().setStartToCloseTimeout(Duration.ofSeconds(30)).build());

  private ChildWorkflowStub child;

  @Override
  public void pollNow() {
    Workflow.await(() -> child != null);
    RedisTask.pollNow(child);
  }

  @Override
  public Outcome provision(Input input) {
    Object wait = new RedisTask.Input(input.taskId(), input.region(), input.maxWait());
    for (int waits = 1; ; waits++) {
      try {
        child = RedisTask.newWait(input.taskId(), input.region());
        return ready(waits, child.execute(RedisTask.Result.class, wait));
      } catch (ChildWorkflowFailure error) {
        if (!(error.getCause() instanceof ApplicationFailure failure)) {
          // A cancellation, or an error that does not come from a wait.
          throw error;
        }
        var details = failure.getDetails().get(RedisTask.Details.class);
        switch (failure.getType()) {
          case "RedisTaskFailed":
            // The API says why, and nothing is half done. The caller can try something else.
            return ended("gave up", input, waits, failure, details);
          case "RedisTaskErrored":
            // The instance may be half changed. A person has to check it first.
            alerts.alert(failure.getOriginalMessage());
            return ended("alerted", input, waits, failure, details);
          case "RedisTaskTimedOut":
            if (waits == WAITS_MAX) {
              alerts.alert(failure.getOriginalMessage());
              return ended("alerted", input, waits, failure, details);
            }
            // The task goes on. Wait on with the input that the failure carries.
            wait = details.resumeInput();
            break;
          case "RedisTaskUnauthorized":
          case "RedisTaskRejected":
          case "RedisTaskInvalidInput":
            // Another wait would not help: the key, the task or the input is wrong.
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
