package provisioning;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** A pipeline that waits until the change of an instance is really done. */
@WorkflowInterface
public interface ProvisionRedis {
  @WorkflowMethod(name = "provisionRedis")
  Outcome provision(Input input);

  /** An earlier step has submitted the task. */
  record Input(long taskId, String region, String maxWait) {}

  /**
   * How a pipeline ended.
   *
   * @param outcome ready, gave up, alerted or stopped
   * @param message what the API said
   * @param type type of the failure, as {@code reason} is its message
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
