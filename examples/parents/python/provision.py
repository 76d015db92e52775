"""A pipeline that waits until the change of an instance is done."""

from dataclasses import dataclass
from datetime import timedelta
from typing import NotRequired, TypedDict

from temporalio import activity, workflow
from temporalio.exceptions import ChildWorkflowError

from redis_task import (
    AwaitRedisTaskInput,
    RedisTaskFailure,
    decode_redis_task_failure,
    execute_await_redis_task,
)

# The number of waits for one task before a person has to decide.
WAITS_MAX = 2


class ProvisionInput(TypedDict):
    """The task to wait for. An earlier step has submitted it."""

    taskId: int
    region: str
    maxWait: NotRequired[str]


@dataclass(kw_only=True)
class ProvisionOutcome:
    """The outcome of a pipeline: "ready", "gave up", "alerted" or "stopped"."""

    outcome: str
    taskId: int
    waits: int
    status: str | None
    instanceId: str | None
    message: str | None
    """The message of the API."""
    type: str | None = None
    reason: str | None = None
    errorCode: str | None = None
    invalidField: str | None = None


@activity.defn
async def alert(message: str) -> None:
    """Alerts a person. Call your pager here."""
    activity.logger.warning(message)


@workflow.defn(name="provisionRedis")
class ProvisionRedis:
    """Handles each failure of a wait. If cancelled, it ends as cancelled after its wait."""

    @workflow.run
    async def run(self, task: ProvisionInput) -> ProvisionOutcome:
        wait: AwaitRedisTaskInput = {**task}
        waits = 1
        while True:
            try:
                result = await execute_await_redis_task(wait)
                return ProvisionOutcome(
                    outcome="ready",
                    taskId=result["taskId"],
                    waits=waits,
                    status=result["status"],
                    instanceId=result["instanceId"],
                    message=result["message"],
                )
            except ChildWorkflowError as error:
                failure = decode_redis_task_failure(error)
                if failure is None:
                    # A cancellation, or an error that does not come from a wait.
                    raise
            match failure.type:
                case "RedisTaskTimedOut" if waits < WAITS_MAX:
                    # The task goes on. Wait on with the input that the failure carries.
                    wait = failure.details["resumeInput"]
                    waits += 1
                case "RedisTaskFailed":
                    # The API says why, and nothing is half done. The caller can try something else.
                    return ended("gave up", task, waits, failure)
                case "RedisTaskErrored" | "RedisTaskTimedOut":
                    # The instance may be half changed. A person has to check it before anything else touches it.
                    await workflow.execute_activity(
                        alert, failure.message, start_to_close_timeout=timedelta(seconds=30)
                    )
                    return ended("alerted", task, waits, failure)
                case _:
                    # Unauthorized, Rejected, InvalidInput. Another wait would not help: the key, the task or the
                    # input is wrong.
                    return ended("stopped", task, waits, failure)


def ended(outcome: str, task: ProvisionInput, waits: int, failure: RedisTaskFailure) -> ProvisionOutcome:
    """Returns the outcome after a failed wait."""
    details = failure.details
    return ProvisionOutcome(
        outcome=outcome,
        taskId=task["taskId"],
        waits=waits,
        status=details["status"],
        instanceId=details["instanceId"],
        message=details["message"],
        type=failure.type,
        reason=failure.message,
        errorCode=details["lastError"]["code"] if "lastError" in details else None,
        invalidField=details["invalid"]["field"] if "invalid" in details else None,
    )
