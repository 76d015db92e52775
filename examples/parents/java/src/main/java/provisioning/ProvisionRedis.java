package provisioning;

import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** A pipeline that waits until the change of an instance is done. */
@WorkflowInterface
public interface ProvisionRedis {
  @WorkflowMethod(name = "provisionRedis")
  Outcome provision(Input input);

  /** The task has probably ended: the wait looks at it at once. */
  @SignalMethod(name = "pollNow")
  void pollNow();

  /** The task to wait for. An earlier step has submitted it. */
  record Input(long taskId, String region, String maxWait) {}

  /**
   * The outcome of a pipeline.
   *
   * @param outcome ready, gave up, alerted or stopped
   * @param message the message of the API
   * @param type the type of the failure; {@code reason} is its message
   */
  record Outcome(
      String outcome,
      long taskId,
      int waits,
      String status,
      String instanceId,
      String message,
      String type,
      String reason,
      String errorCode,
      String invalidField) {}
}
