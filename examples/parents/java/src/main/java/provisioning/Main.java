package provisioning;

import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;

/** A worker for a pipeline that waits for Redis tasks of Tencent Cloud. */
public final class Main {
  /** The pipelines run on this queue, their waits on redis-task. */
  private static final String TASK_QUEUE = "provisioning-java";

  private Main() {}

  public static void main(String[] args) {
    String address = System.getenv().getOrDefault("TEMPORAL_ADDRESS", "localhost:7233");
    WorkflowServiceStubs service =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(address).build());
    WorkerFactory factory = WorkerFactory.newInstance(WorkflowClient.newInstance(service));

    Worker worker = factory.newWorker(TASK_QUEUE);
    worker.registerWorkflowImplementationTypes(
        ProvisionRedisImpl.class, ProvisionAllImpl.class, TemporaryRedisImpl.class);
    worker.registerActivitiesImplementations(new Pager());
    factory.start();
  }
}
