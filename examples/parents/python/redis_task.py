"""The types that a parent needs to start awaitRedisTask and to read how it ends."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict, cast

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, ChildWorkflowError, FailureError
from temporalio.workflow import ChildWorkflowHandle

FAILURE_TYPES = (
    "RedisTaskFailed",
    "RedisTaskErrored",
    "RedisTaskTimedOut",
    "RedisTaskUnauthorized",
    "RedisTaskRejected",
    "RedisTaskInvalidInput",
)


class AwaitRedisTaskInput(TypedDict):
    """Leave out what you do not set: None is refused. There is also `polling`, with good defaults."""

    taskId: int
    region: str
    maxWait: NotRequired[str | float]


class RedisTaskResult(TypedDict):
    """The task as the API last described it, once it has succeeded."""

    taskId: int
    region: str
    status: str
    taskType: str | None
    instanceId: str | None
    startTime: str | None
    message: str | None
    requestId: str | None
    polls: int
    waitedMs: int
    detectionDelayMaxMs: int | None


class PollError(TypedDict):
    """A poll that failed."""

    code: str
    message: str
    requestId: str | None
    at: str


class InvalidField(TypedDict):
    """A field of the input that breaks a rule."""

    field: str
    rule: str


class RedisTaskDetails(TypedDict):
    """The first detail of every failure of a wait. A value that was never seen is None."""

    taskId: int | None
    region: str | None
    status: str | None
    taskType: str | None
    instanceId: str | None
    startTime: str | None
    message: str | None
    requestId: str | None
    polls: int
    waitedMs: int
    lastError: NotRequired[PollError]
    # With RedisTaskTimedOut. Pass it unchanged to wait on.
    resumeInput: NotRequired[AwaitRedisTaskInput]
    # With RedisTaskInvalidInput.
    invalid: NotRequired[InvalidField]


@dataclass
class RedisTaskFailure:
    """The failure of a wait. Branch on its type."""

    type: str
    message: str
    details: RedisTaskDetails


async def start_await_redis_task(wait: AwaitRedisTaskInput) -> ChildWorkflowHandle[Any, RedisTaskResult]:
    """Starts the wait for a task, a child workflow. Await the handle for its result."""
    task_id, region = wait["taskId"], wait["region"]
    # docs:start
    child = await workflow.start_child_workflow(
        "awaitRedisTask",
        wait,
        id=f"{workflow.info().workflow_id}/redis-task/{region}/{task_id}",
        task_queue="redis-task",
        id_reuse_policy=WorkflowIDReusePolicy.TERMINATE_IF_RUNNING,
        static_summary=f"Redis task {task_id} in {region}",
        memo={"taskId": task_id, "region": region},
        result_type=RedisTaskResult,
    )
    # docs:end
    return child


async def execute_await_redis_task(wait: AwaitRedisTaskInput) -> RedisTaskResult:
    """Waits for a task. A signal pollNow to the parent has the wait look at the task at once."""
    child = await start_await_redis_task(wait)

    # Whoever hears that the task has ended tells the pipeline, and it tells the wait, unless that has ended too.
    async def poll_now() -> None:
        with suppress(FailureError):
            await child.signal("pollNow")

    workflow.set_signal_handler("pollNow", poll_now)
    return await child


def decode_redis_task_failure(error: ChildWorkflowError) -> RedisTaskFailure | None:
    """Returns the failure of a wait, or None for other errors, such as a cancellation."""
    cause = error.cause
    if not isinstance(cause, ApplicationError) or cause.type not in FAILURE_TYPES:
        return None
    details = cast(RedisTaskDetails, cause.details[0])
    return RedisTaskFailure(cause.type, cause.message, details)
