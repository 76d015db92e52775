import type { Client, WorkflowExecutionInfo } from '@temporalio/client';

/** The input of a wait, from the event with which its history begins; undefined when it cannot be read here. */
export async function inputOf(
  client: Client,
  { workflowId, runId }: Pick<WorkflowExecutionInfo, 'workflowId' | 'runId'>,
): Promise<unknown> {
  const { namespace, loadedDataConverter } = client.options;
  try {
    const { history } = await client.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
    });
    const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
    let payloads = started?.input?.payloads?.slice(0, 1) ?? [];
    for (const codec of [...loadedDataConverter.payloadCodecs].reverse()) payloads = await codec.decode(payloads);
    return payloads[0] && loadedDataConverter.payloadConverter.fromPayload(payloads[0]);
  } catch {
    // Gone meanwhile, or encoded in a way that is not known here.
    return undefined;
  }
}
