"""Unit tests of the pipeline: its waits end as each test says, and hours pass at once."""

import os
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from temporalio import activity
from temporalio.client import WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import CancelledError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from provision import ProvisionOutcome, ProvisionRedis
from provision_all import ProvisionAll
from stub_await_redis_task import End, StubAwaitRedisTask, ends, next_end


# docs:start
async def test_gives_up_when_the_task_fails(start: Callable[[], Any]) -> None:
    details = {"status": "failed", "message": "The backup file is damaged."}
    ends.append(End(after=180, fails="RedisTaskFailed", details=details))

    outcome = await (await start()).result()

    assert outcome.outcome == "gave up"
    assert outcome.message == "The backup file is damaged."
# docs:end


alerts: list[str] = []


@activity.defn(name="alert")
async def note_alert(message: str) -> None:
    alerts.append(message)


@pytest_asyncio.fixture
async def env() -> AsyncIterator[WorkflowEnvironment]:
    ends.clear()
    alerts.clear()
    # None downloads the test server on first use.
    path = os.environ.get("TEMPORAL_TEST_SERVER")
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=path) as env:
        yield env


@pytest_asyncio.fixture
async def start(env: WorkflowEnvironment) -> AsyncIterator[Callable[[], Any]]:
    """Starts the pipeline, next to workers for it and for its waits."""

    async def provision() -> WorkflowHandle[Any, ProvisionOutcome]:
        task = {"taskId": 18215, "region": "ap-guangzhou"}
        return await env.client.start_workflow(ProvisionRedis.run, task, id=str(uuid.uuid4()), task_queue="provisioning")

    async with AsyncExitStack() as workers:
        for worker in (
            Worker(env.client, task_queue="redis-task", workflows=[StubAwaitRedisTask], activities=[next_end]),
            Worker(env.client, task_queue="provisioning", workflows=[ProvisionRedis, ProvisionAll], activities=[note_alert]),
        ):
            await workers.enter_async_context(worker)
        yield provision


async def test_is_ready_when_the_task_has_succeeded(env: WorkflowEnvironment, start: Callable[[], Any]) -> None:
    ends.append(End(after=2400, details={"status": "succeed"}))
    began = await env.get_current_time()

    assert (await (await start()).result()).outcome == "ready"
    assert (await env.get_current_time() - began).total_seconds() >= 2400


async def test_alerts_when_the_task_breaks_off(start: Callable[[], Any]) -> None:
    ends.append(End(fails="RedisTaskErrored", details={"status": "error"}))

    assert (await (await start()).result()).outcome == "alerted"
    assert alerts == ["The wait failed."]


async def test_waits_once_more_with_the_input_that_the_failure_carries(start: Callable[[], Any]) -> None:
    resume_input = {"taskId": 18215, "region": "ap-guangzhou", "maxWait": 7_200_000}
    details = {"status": "running", "resumeInput": resume_input}
    ends.extend([End(after=7200, fails="RedisTaskTimedOut", details=details), End(after=3600, details={"status": "succeed"})])

    outcome = await (await start()).result()

    assert (outcome.outcome, outcome.waits) == ("ready", 2)


async def test_stops_when_the_key_is_refused(start: Callable[[], Any]) -> None:
    last_error = {"code": "AuthFailure.SecretIdNotFound", "message": "The SecretId is not found."}
    ends.append(End(fails="RedisTaskUnauthorized", details={"lastError": last_error}))

    outcome = await (await start()).result()

    assert (outcome.outcome, outcome.errorCode) == ("stopped", "AuthFailure.SecretIdNotFound")


async def test_tells_its_wait_to_look_at_the_task(start: Callable[[], Any]) -> None:
    ends.append(End(after=3600, details={"status": "succeed"}))
    pipeline = await start()
    await pipeline.signal("pollNow")

    assert (await pipeline.result()).outcome == "ready"
    events = [event async for event in pipeline.fetch_history_events()]
    assert any(event.HasField("external_workflow_execution_signaled_event_attributes") for event in events)


async def start_all(env: WorkflowEnvironment) -> WorkflowHandle[Any, list[str]]:
    tasks = [{"taskId": task_id, "region": "ap-guangzhou"} for task_id in (18215, 18216, 18217, 18218)]
    return await env.client.start_workflow(ProvisionAll.run, tasks, id=str(uuid.uuid4()), task_queue="provisioning")


@pytest.mark.usefixtures("start")
async def test_waits_for_several_tasks_and_each_ends_by_itself(env: WorkflowEnvironment) -> None:
    ends.extend(
        [
            End(after=2400, details={"status": "succeed"}),
            End(after=180, fails="RedisTaskFailed"),
            End(after=600, fails="cancelled"),
            End(after=1200, fails="terminated"),
        ]
    )

    # Which of them begins first is not said.
    assert sorted(await (await start_all(env)).result()) == ["RedisTaskFailed", "cancelled", "succeed", "terminated"]


@pytest.mark.usefixtures("start")
async def test_ends_as_cancelled_after_all_of_its_waits(env: WorkflowEnvironment) -> None:
    ends.extend(End(after=3600) for _ in range(4))
    pipeline = await start_all(env)
    await pipeline.cancel()

    with pytest.raises(WorkflowFailureError) as error:
        await pipeline.result()
    assert isinstance(error.value.cause, CancelledError)


async def test_ends_as_cancelled_after_its_wait(start: Callable[[], Any]) -> None:
    ends.append(End(after=3600))
    pipeline = await start()
    await pipeline.cancel()

    with pytest.raises(WorkflowFailureError) as error:
        await pipeline.result()
    assert isinstance(error.value.cause, CancelledError)
