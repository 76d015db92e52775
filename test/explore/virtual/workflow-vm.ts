import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultPayloadConverter, toPayloads, TypedSearchAttributes } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time.js';
import { coresdk, type temporal } from '@temporalio/proto';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { parseWorkflowCode } from '@temporalio/worker/lib/worker.js';
import { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm.js';
import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared.js';

export type Job = coresdk.workflow_activation.IWorkflowActivationJob;
export type Command = coresdk.workflow_commands.IWorkflowCommand;
export type Payload = temporal.api.common.v1.IPayload;

/** What a run of the workflow is started with. */
export interface RunOptions {
  readonly runId: string;
  readonly seed: number;
  readonly args: readonly Payload[];
}

/**
 * Runs workflows in the SDK's own sandbox, without its core and without a server: whoever uses it plays these, by
 * activations and commands, at any pace. It is what makes an hour of waiting a millisecond.
 */
export class WorkflowVm {
  private constructor(private readonly creator: ReusableVMWorkflowCreator) {}

  /** @param source - the folder of the code, by default the project's own `src` */
  static async create(source = fileURLToPath(new URL('../../../src', import.meta.url))): Promise<WorkflowVm> {
    const workflowsPath = path.join(source, 'workflows/await-redis-task.ts');
    const bundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
    const parsed = parseWorkflowCode(bundle.code);
    const creator = await ReusableVMWorkflowCreator.create(parsed, 5_000, new Set());
    // Nobody asks for the stack of a workflow here, and to note one with each promise takes four fifths of the time.
    globalHandlers.uninstall();
    return new WorkflowVm(creator);
  }

  async start({ runId, seed, args }: RunOptions, now: number): Promise<Run> {
    const workflow = await this.creator.createWorkflow({
      info: {
        workflowId: 'explored',
        runId,
        workflowType: 'awaitRedisTask',
        searchAttributes: {},
        typedSearchAttributes: new TypedSearchAttributes(),
        taskQueue: 'redis-task',
        namespace: 'default',
        firstExecutionRunId: runId,
        originalExecutionRunId: runId,
        startTime: new Date(now),
        runStartTime: new Date(now),
        taskTimeoutMs: 10_000,
        attempt: 1,
        historyLength: 3,
        historySize: 300,
        continueAsNewSuggested: false,
        targetWorkerDeploymentVersionChanged: false,
        suggestedContinueAsNewReasons: [],
        memo: {},
        unsafe: { now: () => now, isReplaying: false, isReplayingHistoryEvents: false, random: {} },
      } as never,
      randomnessSeed: Array.from({ length: 8 }, (_, index) => (seed / 2 ** (8 * index)) & 0xff),
      now,
      showStackTraceSources: false,
    });
    const begin: Job = {
      initializeWorkflow: {
        workflowType: 'awaitRedisTask',
        workflowId: 'explored',
        arguments: [...args],
        randomnessSeed: msToTs(1_000 * seed).seconds ?? null,
        headers: {},
        firstExecutionRunId: runId,
        attempt: 1,
        startTime: msToTs(now),
      },
    };
    return new Run(runId, workflow, begin);
  }

  close(): Promise<void> {
    return this.creator.destroy();
  }
}

/** One run of a workflow. */
export class Run {
  private first: Job | undefined;

  constructor(
    readonly runId: string,
    private readonly workflow: Awaited<ReturnType<ReusableVMWorkflowCreator['createWorkflow']>>,
    begin: Job,
  ) {
    this.first = begin;
  }

  /** Makes one workflow task: these jobs at this time. @throws what fails the task */
  async activate(jobs: readonly Job[], now: number, continueAsNewSuggested = false): Promise<Command[]> {
    const all = this.first ? [this.first, ...jobs] : jobs;
    this.first = undefined;
    const { successful, failed } = await this.workflow.activate(
      coresdk.workflow_activation.WorkflowActivation.fromObject({
        runId: this.runId,
        timestamp: msToTs(now),
        historyLength: 10,
        continueAsNewSuggested,
        jobs: all,
      }),
    );
    if (failed) throw new Error(failed.failure?.message ?? 'the workflow task failed');
    await this.workflow.getAndResetSinkCalls();
    return successful?.commands ?? [];
  }

  dispose(): Promise<void> {
    return this.workflow.dispose();
  }
}

export function payloads(...values: readonly unknown[]): Payload[] {
  return toPayloads(defaultPayloadConverter, ...values) ?? [];
}
