"""A worker for a pipeline that waits for Redis tasks of Tencent Cloud."""

import asyncio
import logging
import os
import signal

from temporalio.client import Client
from temporalio.worker import Worker

from provision import ProvisionRedis, alert
from provision_all import ProvisionAll
from temporary_redis import TemporaryRedis

# The pipelines run on this queue, their waits on redis-task.
TASK_QUEUE = "provisioning-python"


async def main() -> None:
    logging.basicConfig(level=logging.INFO)
    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)

    client = await Client.connect(os.environ.get("TEMPORAL_ADDRESS", "localhost:7233"))
    pipelines = [ProvisionRedis, ProvisionAll, TemporaryRedis]
    async with Worker(client, task_queue=TASK_QUEUE, workflows=pipelines, activities=[alert]):
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main())
