// Runs a worker for a pipeline that waits for Redis tasks of Tencent Cloud.
package main

import (
	"log"
	"os"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// The pipelines run on this queue, their waits on redis-task.
const taskQueue = "provisioning-go"

func main() {
	// The default is localhost:7233.
	temporal, err := client.Dial(client.Options{HostPort: os.Getenv("TEMPORAL_ADDRESS")})
	if err != nil {
		log.Fatalln("Temporal cannot be reached:", err)
	}
	defer temporal.Close()

	pipelines := worker.New(temporal, taskQueue, worker.Options{})
	pipelines.RegisterWorkflowWithOptions(ProvisionRedis, workflow.RegisterOptions{Name: "provisionRedis"})
	pipelines.RegisterWorkflowWithOptions(ProvisionAll, workflow.RegisterOptions{Name: "provisionAll"})
	pipelines.RegisterWorkflowWithOptions(TemporaryRedis, workflow.RegisterOptions{Name: "temporaryRedis"})
	pipelines.RegisterActivityWithOptions(Alert, activity.RegisterOptions{Name: "alert"})
	if err := pipelines.Run(worker.InterruptCh()); err != nil {
		log.Fatalln("The worker failed:", err)
	}
}
