package provisioning;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.util.List;

/** A pipeline that waits for several tasks at once. */
@WorkflowInterface
public interface ProvisionAll {
  /**
   * @return how each task ended, in their order
   */
  @WorkflowMethod(name = "provisionAll")
  List<String> run(List<ProvisionRedis.Input> tasks);
}
