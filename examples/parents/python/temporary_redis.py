"""A pipeline that creates an instance, resizes it and deletes it."""

from typing import Any, TypedDict

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy


class Order(TypedDict):
    """What to order: the parameters of CreateInstances."""

    region: str
    params: dict[str, Any]


@workflow.defn(name="temporaryRedis")
class TemporaryRedis:
    """What fails ends it with the failure of the change."""

    @workflow.run
    async def run(self, order: Order) -> str:
        # docs:start
        async def change(action: str, params: dict[str, Any], **more: Any) -> dict[str, Any]:
            return await workflow.execute_child_workflow(
                "runRedisAction",
                {"action": action, "region": order["region"], "params": params, **more},
                id=f"{workflow.info().workflow_id}/{action}",
                task_queue="redis-task",
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            )

        created = await change("CreateInstances", order["params"])
        instance = {"InstanceId": created["instanceIds"][0]}
        await change("UpgradeInstance", {**instance, "MemSize": 4096}, expect={"memSizeMb": 4096})
        await change("DestroyPostpaidInstance", instance)
        # docs:end
        return instance["InstanceId"]
