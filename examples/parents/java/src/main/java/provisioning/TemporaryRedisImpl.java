package provisioning;

import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.ChildWorkflowStub;
import io.temporal.workflow.Workflow;
import java.util.Map;

/** What fails ends it with the failure of the change. */
public final class TemporaryRedisImpl implements TemporaryRedis {
  // docs:start
  @Override
  public String run(Order order) {
    String region = order.region();
    var created = change(new RedisAction.Input("CreateInstances", region, order.params(), null));
    String id = created.instanceIds().get(0);
    Map<String, Object> resized = Map.of("InstanceId", id, "MemSize", 4096);
    Map<String, Object> expect = Map.of("memSizeMb", 4096);
    change(new RedisAction.Input("UpgradeInstance", region, resized, expect));
    Map<String, Object> instance = Map.of("InstanceId", id);
    change(new RedisAction.Input("DestroyPostpaidInstance", region, instance, null));
    return id;
  }

  private static RedisAction.Result change(RedisAction.Input input) {
    ChildWorkflowStub child =
        Workflow.newUntypedChildWorkflowStub(
            "runRedisAction",
            ChildWorkflowOptions.newBuilder()
                .setWorkflowId(Workflow.getInfo().getWorkflowId() + "/" + input.action())
                .setTaskQueue("redis-task")
                .setWorkflowIdReusePolicy(
                    WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)
                .build());
    return child.execute(RedisAction.Result.class, input);
  }
  // docs:end
}
