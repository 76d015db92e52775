"""Takes errands from stdin, lets each wait fail through its hops, and prints what Python finds: type and details[0]."""

import asyncio
import json
import sys
import uuid
from datetime import timedelta
from typing import Any

from temporalio import activity, workflow
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

QUEUE = "python-parents"


def decode(error: BaseException | None) -> dict[str, Any] | None:
    """All that a program without the package needs: walk the causes to the first application error with details."""
    names = []
    while error is not None:
        names.append(type(error).__name__)
        if isinstance(error, ApplicationError) and error.details:
            return {"names": names, "type": error.type, "details": error.details[0]}
        error = error.__cause__
    return None


@activity.defn
async def await_outside(errand: dict[str, Any]) -> Any:
    """Waits as a client."""
    return await activity.client().execute_workflow(
        "awaitRedisTask", errand["input"], id=f"python-{uuid.uuid4()}", task_queue=errand["taskQueue"], result_type=dict
    )


@workflow.defn(name="pythonHop")
class PythonHop:
    """Takes the hops one by one, and lets the failure escape."""

    def __init__(self) -> None:
        self.caught: dict[str, Any] | None = None

    @workflow.query(name="getCaught")
    def get_caught(self) -> dict[str, Any] | None:
        return self.caught

    @workflow.run
    async def run(self, hops: list[str], errand: dict[str, Any]) -> Any:
        hop, rest = hops[0], hops[1:]
        if hop == "continue-as-new":
            workflow.continue_as_new(args=[rest, errand])
        try:
            return await self.take(hop, rest, errand)
        except Exception as error:
            self.caught = decode(error)
            raise

    async def take(self, hop: str, rest: list[str], errand: dict[str, Any]) -> Any:
        if hop == "workflow":
            return await workflow.execute_child_workflow(PythonHop.run, args=[rest, errand])
        if hop == "activity":
            once = RetryPolicy(maximum_attempts=1)
            return await workflow.execute_activity(
                await_outside, errand, start_to_close_timeout=timedelta(minutes=1), retry_policy=once
            )
        if hop == "nexus":
            client = workflow.create_nexus_client(service="redisTasks", endpoint=errand["endpoint"])
            return await client.execute_operation("awaitTask", errand["input"], output_type=dict)
        return await workflow.execute_child_workflow(
            "awaitRedisTask", errand["input"], task_queue=errand["taskQueue"], result_type=dict
        )


async def play(client: Client, errand: dict[str, Any]) -> dict[str, Any]:
    handle = await client.start_workflow(
        PythonHop.run, args=[errand["hops"], errand], id=f"python-{uuid.uuid4()}", task_queue=QUEUE
    )
    newest = client.get_workflow_handle(handle.id)
    try:
        await newest.result()
    except WorkflowFailureError as error:
        return {"inside": await newest.query("getCaught"), "outside": decode(error)}
    return {"inside": None, "outside": None}


async def main() -> None:
    order = json.load(sys.stdin)
    client = await Client.connect(order["address"])
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=[PythonHop],
        activities=[await_outside],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        found = await asyncio.gather(*(play(client, each) for each in order["errands"]))
    json.dump(found, sys.stdout)


asyncio.run(main())
