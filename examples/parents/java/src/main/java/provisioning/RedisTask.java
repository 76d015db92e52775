package provisioning;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.ChildWorkflowStub;
import io.temporal.workflow.Workflow;
import java.util.Map;

/**
 * The types that a parent needs to start awaitRedisTask and to read how it ends. Newer workers may
 * add fields, so the types that are read must ignore unknown ones.
 */
public final class RedisTask {
  private RedisTask() {}

  /**
   * The argument. Null is refused, and Jackson writes it unless it is told to leave it out.
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Input(long taskId, String region, String maxWait) {}

  /** The task as the API last described it, once it has succeeded. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Result(
      long taskId,
      String region,
      String status,
      String taskType,
      String instanceId,
      String startTime,
      String message,
      String requestId,
      int polls,
      long waitedMs,
      Long detectionDelayMaxMs) {}

  /**
   * The first detail of every failure of a wait. A value that was never seen is null.
   *
   * @param lastError the last failed poll
   * @param resumeInput with RedisTaskTimedOut; pass it unchanged to wait on
   * @param invalid with RedisTaskInvalidInput
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Details(
      Long taskId,
      String region,
      String status,
      String taskType,
      String instanceId,
      String startTime,
      String message,
      String requestId,
      int polls,
      long waitedMs,
      PollError lastError,
      Map<String, Object> resumeInput,
      InvalidField invalid) {}

  /** A poll that failed. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record PollError(String code, String message, String requestId, String at) {}

  /** A field of the input that breaks a rule. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record InvalidField(String field, String rule) {}

  /** The child workflow that waits for a task: execute it with an {@link Input}. */
  public static ChildWorkflowStub newWait(long taskId, String region) {
    // docs:start
    String parentId = Workflow.getInfo().getWorkflowId();
    ChildWorkflowStub wait =
        Workflow.newUntypedChildWorkflowStub(
            "awaitRedisTask",
            ChildWorkflowOptions.newBuilder()
                .setWorkflowId(parentId + "/redis-task/" + region + "/" + taskId)
                .setTaskQueue("redis-task")
                .setWorkflowIdReusePolicy(
                    WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING)
                .setStaticSummary("Redis task " + taskId + " in " + region)
                .setMemo(Map.of("taskId", taskId, "region", region))
                .build());
    // docs:end
    return wait;
  }

  /**
   * Has a wait look at its task at once. By its id: the child's own stub signals the run that it has
   * started, and a long wait goes on in another one.
   */
  public static void pollNow(ChildWorkflowStub wait) {
    String workflowId = wait.getExecution().get().getWorkflowId();
    try {
      Workflow.newUntypedExternalWorkflowStub(workflowId).signal("pollNow");
    } catch (ApplicationFailure ended) {
      // There is nothing to look at any more.
    }
  }
}
