"""A pipeline that waits until the change of an instance is really done."""

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

# How often one task is waited for before a person has to decide.
WAITS_MAX = 2


class ProvisionInput(TypedDict):
    """An earlier step has submitted the task."""

    taskId: int
    region: str
    maxWait: NotRequired[str]


@dataclass(kw_only=True)
class ProvisionOutcome:
    """How a pipeline ended: "ready", "gave up", "alerted" or "stopped"."""

    outcome: str
    taskId: int
    waits: int
    status: str | None
    instanceId: str | None
    message: str | None
    """What the API said."""
    type: str | None = None
    reason: str | None = None
    errorCode: str | None = None
    invalidField: str | None = None


@activity.defn
async def alert(message: str) -> None:
    """Tells a person. Put your pager here."""
    activity.logger.warning(message)


@workflow.defn(name="provisionRedis")
class ProvisionRedis:
    """Decides what each failure means. Cancelled, it ends as cancelled once its wait has."""

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
                    # A cancellation, or something that is no failure of a wait.
                    raise
            match failure.type:
                case "RedisTaskTimedOut" if waits < WAITS_MAX:
                    # The task goes on, so the wait can too: with what the failure hands over.
                    wait = failure.details["resumeInput"]
                    waits += 1
                case "RedisTaskFailed":
                    # The API says why, and nothing is half done: whoever asked for it can try something else.
                    return ended("gave up", task, waits, failure)
                case "RedisTaskErrored" | "RedisTaskTimedOut":
                    # The instance may be half changed: a person has to look before anything else touches it.
                    await workflow.execute_activity(
                        alert, failure.message, start_to_close_timeout=timedelta(seconds=30)
                    )
                    return ended("alerted", task, waits, failure)
                case _:
                    # Unauthorized, Rejected, InvalidInput. Asking again would not help: the key, the task or the
                    # input is wrong.
                    return ended("stopped", task, waits, failure)


def ended(outcome: str, task: ProvisionInput, waits: int, failure: RedisTaskFailure) -> ProvisionOutcome:
    """What a pipeline says of a wait that failed."""
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
