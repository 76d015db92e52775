"""A pipeline that waits for several tasks at once."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ChildWorkflowError, TerminatedError, is_cancelled_exception

from provision import ProvisionInput
from redis_task import RedisTaskResult, decode_redis_task_failure, start_await_redis_task


@workflow.defn(name="provisionAll")
class ProvisionAll:
    """Returns how each task ended, in their order."""

    @workflow.run
    async def run(self, tasks: list[ProvisionInput]) -> list[str]:
        # Every wait ends before the pipeline does: the server terminates those that a pipeline leaves behind. If the
        # pipeline is cancelled, gather raises that here, after its waits have ended too.
        waits = await asyncio.gather(*(result_of(task) for task in tasks), return_exceptions=True)
        return [ending_of(wait) for wait in waits]


async def result_of(task: ProvisionInput) -> RedisTaskResult:
    return await (await start_await_redis_task({**task}))


def ending_of(wait: RedisTaskResult | BaseException) -> str:
    if not isinstance(wait, BaseException):
        return wait["status"]
    if is_cancelled_exception(wait):
        # Somebody has cancelled this wait alone; its task goes on.
        return "cancelled"
    if isinstance(wait, ChildWorkflowError) and isinstance(wait.cause, TerminatedError):
        return "terminated"
    failure = decode_redis_task_failure(wait) if isinstance(wait, ChildWorkflowError) else None
    if failure is None:
        raise wait
    return failure.type
