package provisioning;

import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.failure.TerminatedFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import java.util.List;

/** Each wait ends by itself, and all of them before the pipeline. */
public final class ProvisionAllImpl implements ProvisionAll {
  @Override
  public List<String> run(List<ProvisionRedis.Input> tasks) {
    var waits = tasks.stream().map(ProvisionAllImpl::start).toList();
    // Every wait ends before the pipeline does: the server terminates those that it leaves behind.
    var ends = waits.stream().map(ProvisionAllImpl::endingOf).toList();
    if (CancellationScope.current().isCancelRequested()) {
      throw new CanceledFailure("The pipeline was cancelled, and its waits with it");
    }
    return ends;
  }

  private static Promise<RedisTask.Result> start(ProvisionRedis.Input task) {
    var input = new RedisTask.Input(task.taskId(), task.region(), task.maxWait());
    return RedisTask.newWait(task.taskId(), task.region())
        .executeAsync(RedisTask.Result.class, input);
  }

  private static String endingOf(Promise<RedisTask.Result> wait) {
    try {
      return wait.get().status();
    } catch (ChildWorkflowFailure error) {
      if (error.getCause() instanceof ApplicationFailure failure) {
        return failure.getType();
      }
      if (error.getCause() instanceof CanceledFailure) {
        // If the pipeline goes on, somebody has cancelled this wait alone; its task goes on.
        return "cancelled";
      }
      if (error.getCause() instanceof TerminatedFailure) {
        return "terminated";
      }
      throw error;
    }
  }
}
