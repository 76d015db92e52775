"""A workflow awaitRedisTask for unit tests: it ends as the test says."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from temporalio import activity, workflow
from temporalio.exceptions import ApplicationError, CancelledError, TerminatedError

# docs:start
@dataclass
class End:
    """How a wait ends: after so many seconds, with a result, with a failure of the type `fails`, "cancelled" or "terminated"."""

    after: float = 0
    fails: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


ends: list[End] = []
"""The first wait of a test ends as the first one says, and so on."""


@activity.defn
async def next_end() -> End:
    return ends.pop(0)


@workflow.defn(name="awaitRedisTask")
class StubAwaitRedisTask:
    @workflow.run
    async def run(self, wait: dict[str, Any]) -> dict[str, Any]:
        # From an activity, so that a replay finds the same end.
        end = await workflow.execute_activity(next_end, start_to_close_timeout=timedelta(seconds=10))
        await asyncio.sleep(end.after)
        nothing = dict.fromkeys(["status", "taskType", "instanceId", "startTime", "message", "requestId"])
        seen = {"taskId": wait["taskId"], "region": wait["region"], "polls": 1, "waitedMs": int(end.after * 1000)}
        details = {**nothing, **seen, **end.details}
        if end.fails is None:
            return details
        if end.fails == "cancelled":
            raise CancelledError("Somebody has cancelled the wait")
        if end.fails == "terminated":
            raise TerminatedError("Somebody has terminated the wait")
        raise ApplicationError("The wait failed.", details, type=end.fails, non_retryable=True)
# docs:end
