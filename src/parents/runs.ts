import type { Client } from '@temporalio/client';
import { GRPC, grpcCode } from '../contract/grpc.js';

const PAGE_SIZE = 1_000;

/** The run of a workflow. */
export interface Run {
  readonly workflowId: string;
  readonly runId: string;
}

/** A run as the API tells of it. */
export function runOf(
  execution: { workflowId?: string | null; runId?: string | null } | null | undefined,
): Run | undefined {
  const { workflowId, runId } = execution ?? {};
  return workflowId && runId ? { workflowId, runId } : undefined;
}

/**
 * Describes a run, or the latest of a workflow; undefined when it is gone. Not by the SDK's describe, which reads memos that
 * may be encoded in an unknown way.
 */
export async function describeRun(client: Client, execution: Partial<Run>) {
  const request = { namespace: client.options.namespace, execution };
  const described = await unlessGone(client.workflowService.describeWorkflowExecution(request));
  return described?.workflowExecutionInfo;
}

/**
 * Lists runs by a query, page by page. Not by the SDK's list, which reads memos and fails when one of somebody else is encoded
 * in an unknown way.
 */
export async function* listRuns(client: Client, query: string) {
  const { namespace } = client.options;
  let nextPageToken: Uint8Array | undefined;
  do {
    const request = { namespace, query, pageSize: PAGE_SIZE, ...(nextPageToken && { nextPageToken }) };
    const page = await client.workflowService.listWorkflowExecutions(request);
    yield* page.executions;
    ({ nextPageToken } = page);
  } while (nextPageToken.length);
}

/** What a request resolves to; undefined when what it is about has ended, or is gone. */
export function unlessGone<T>(request: Promise<T>): Promise<T | undefined> {
  return request.catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
}

export function isNotFound(error: unknown): boolean {
  return grpcCode(error) === GRPC.notFound;
}
