package provisioning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TerminatedFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Unit tests of the pipeline: its waits end as each test says, and hours pass at once. */
final class ProvisionRedisTest {
  // docs:start
  /** How a stubbed wait ends: with a result, a failure of the type {@code fails}, cancelled, or terminated. */
  record End(Duration after, String fails, Map<String, Object> details) {}

  /** The first wait of a test ends as the first one says, and so on. */
  private final Queue<End> ends = new ArrayDeque<>();

  @WorkflowInterface
  public interface AwaitRedisTask {
    @WorkflowMethod(name = "awaitRedisTask")
    Map<String, Object> await(Map<String, Object> input);
  }

  private Map<String, Object> stubAwaitRedisTask(Map<String, Object> input) {
    // Recorded, so that a replay finds the same end.
    End end = Workflow.sideEffect(End.class, ends::remove);
    Workflow.sleep(end.after());
    Map<String, Object> details = new HashMap<>(end.details());
    details.put("taskId", input.get("taskId"));
    details.put("region", input.get("region"));
    details.put("waitedMs", end.after().toMillis());
    if (end.fails() == null) {
      return details;
    }
    if (end.fails().equals("cancelled")) {
      throw new CanceledFailure("Somebody has cancelled the wait");
    }
    if (end.fails().equals("terminated")) {
      throw new TerminatedFailure("Somebody has terminated the wait", null);
    }
    throw ApplicationFailure.newNonRetryableFailure("The wait failed.", end.fails(), details);
  }

  @BeforeEach
  void startWorkers() {
    Worker waits = env.newWorker("redis-task");
    waits.registerWorkflowImplementationFactory(
        AwaitRedisTask.class, () -> this::stubAwaitRedisTask);
    Worker pipelines = env.newWorker("provisioning");
    pipelines.registerWorkflowImplementationTypes(
        ProvisionRedisImpl.class, ProvisionAllImpl.class);
    pipelines.registerActivitiesImplementations((Alerts) alerts::add);
    env.start();
  }

  @Test
  void givesUpWhenTheTaskFails() {
    var details = Map.<String, Object>of("message", "The backup file is damaged.");
    ends.add(new End(Duration.ofMinutes(3), "RedisTaskFailed", details));

    ProvisionRedis.Outcome outcome = provision();

    assertEquals("gave up", outcome.outcome());
    assertEquals("The backup file is damaged.", outcome.message());
  }
  // docs:end

  private final TestWorkflowEnvironment env = TestWorkflowEnvironment.newInstance();
  private final List<String> alerts = new ArrayList<>();

  @AfterEach
  void close() {
    env.close();
  }

  @Test
  void isReadyWhenTheTaskHasSucceeded() {
    ends.add(new End(Duration.ofMinutes(40), null, Map.of("status", "succeed")));
    long began = env.currentTimeMillis();

    assertEquals("ready", provision().outcome());
    assertTrue(env.currentTimeMillis() - began >= Duration.ofMinutes(40).toMillis());
  }

  @Test
  void alertsWhenTheTaskBreaksOff() {
    ends.add(new End(Duration.ZERO, "RedisTaskErrored", Map.of("status", "error")));

    assertEquals("alerted", provision().outcome());
    assertEquals(List.of("The wait failed."), alerts);
  }

  @Test
  void waitsOnceMoreWithTheInputThatTheFailureCarries() {
    var resumeInput = Map.of("taskId", 18215, "region", "ap-guangzhou", "maxWait", 7_200_000);
    ends.add(
        new End(Duration.ofHours(2), "RedisTaskTimedOut", Map.of("resumeInput", resumeInput)));
    ends.add(new End(Duration.ofHours(1), null, Map.of("status", "succeed")));

    ProvisionRedis.Outcome outcome = provision();

    assertEquals("ready", outcome.outcome());
    assertEquals(2, outcome.waits());
  }

  @Test
  void stopsWhenTheKeyIsRefused() {
    var lastError = Map.of("code", "AuthFailure.SecretIdNotFound");
    ends.add(new End(Duration.ZERO, "RedisTaskUnauthorized", Map.of("lastError", lastError)));

    ProvisionRedis.Outcome outcome = provision();

    assertEquals("stopped", outcome.outcome());
    assertEquals("AuthFailure.SecretIdNotFound", outcome.errorCode());
  }

  @Test
  void tellsItsWaitToLookAtTheTask() {
    ends.add(new End(Duration.ofHours(1), null, Map.of("status", "succeed")));
    ProvisionRedis pipeline = newPipeline();
    WorkflowStub stub = WorkflowStub.fromTyped(pipeline);
    String workflowId = stub.start(INPUT).getWorkflowId();
    pipeline.pollNow();

    assertEquals("ready", stub.getResult(ProvisionRedis.Outcome.class).outcome());
    var history = env.getWorkflowClient().fetchHistory(workflowId);
    assertTrue(
        history.getEvents().stream()
            .anyMatch(event -> event.hasExternalWorkflowExecutionSignaledEventAttributes()));
  }

  @Test
  void waitsForSeveralTasksAndEachEndsByItself() {
    ends.add(new End(Duration.ofMinutes(40), null, Map.of("status", "succeed")));
    ends.add(new End(Duration.ofMinutes(3), "RedisTaskFailed", Map.of()));
    ends.add(new End(Duration.ofMinutes(10), "cancelled", Map.of()));
    ends.add(new End(Duration.ofMinutes(20), "terminated", Map.of()));

    // Which of them begins first is not said.
    assertEquals(
        Set.of("succeed", "RedisTaskFailed", "cancelled", "terminated"),
        Set.copyOf(newPipelineOfAll().run(ALL)));
  }

  @Test
  void endsAsCancelledAfterAllOfItsWaits() {
    ALL.forEach(task -> ends.add(new End(Duration.ofHours(1), null, Map.of())));
    WorkflowStub pipeline = WorkflowStub.fromTyped(newPipelineOfAll());
    pipeline.start(ALL);
    pipeline.cancel();

    var error =
        assertThrows(WorkflowFailedException.class, () -> pipeline.getResult(List.class));
    assertInstanceOf(CanceledFailure.class, error.getCause());
  }

  @Test
  void endsAsCancelledAfterItsWait() {
    ends.add(new End(Duration.ofHours(1), null, Map.of()));
    WorkflowStub pipeline = WorkflowStub.fromTyped(newPipeline());
    pipeline.start(INPUT);
    pipeline.cancel();

    var error =
        assertThrows(
            WorkflowFailedException.class,
            () -> pipeline.getResult(ProvisionRedis.Outcome.class));
    assertInstanceOf(CanceledFailure.class, error.getCause());
  }

  private static final List<ProvisionRedis.Input> ALL =
      LongStream.of(18215, 18216, 18217, 18218)
          .mapToObj(id -> new ProvisionRedis.Input(id, "ap-guangzhou", "2h"))
          .toList();

  private static final ProvisionRedis.Input INPUT =
      new ProvisionRedis.Input(18215, "ap-guangzhou", "2h");

  private ProvisionRedis.Outcome provision() {
    return newPipeline().provision(INPUT);
  }

  private ProvisionRedis newPipeline() {
    return env.getWorkflowClient().newWorkflowStub(ProvisionRedis.class, OPTIONS);
  }

  private ProvisionAll newPipelineOfAll() {
    return env.getWorkflowClient().newWorkflowStub(ProvisionAll.class, OPTIONS);
  }

  private static final WorkflowOptions OPTIONS =
      WorkflowOptions.newBuilder().setTaskQueue("provisioning").build();
}
