package provisioning;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.util.Map;

/** A pipeline that creates an instance, resizes it and deletes it. */
@WorkflowInterface
public interface TemporaryRedis {
  @WorkflowMethod(name = "temporaryRedis")
  String run(Order order);

  /** What to order: the parameters of CreateInstances. */
  record Order(String region, Map<String, Object> params) {}
}
