import { readFile } from 'node:fs/promises';
import { defaultPayloadConverter, toPayloads, TypedSearchAttributes } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time.js';
import { coresdk, type temporal } from '@temporalio/proto';
import { parseWorkflowCode } from '@temporalio/worker/lib/worker.js';
import { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm.js';
import { workflowBundle } from '../../support/environments.js';
import '../../support/this-thread.js';

export type Job = coresdk.workflow_activation.IWorkflowActivationJob;
export type Command = coresdk.workflow_commands.IWorkflowCommand;
export type Payload = temporal.api.common.v1.IPayload;

/** What a run of the workflow is started with. */
export interface RunOptions {
  /** @default 'awaitRedisTask' */
  readonly workflowType?: string;
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

  static async create({ codePath } = workflowBundle()): Promise<WorkflowVm> {
    const parsed = parseWorkflowCode(await readFile(codePath, 'utf8'), codePath);
    return new WorkflowVm(await ReusableVMWorkflowCreator.create(parsed, 5_000, new Set()));
  }

  async start({ runId, seed, args, workflowType = 'awaitRedisTask' }: RunOptions, now: number): Promise<Run> {
    const workflow = await this.creator.createWorkflow({
      info: {
        workflowId: 'explored',
        runId,
        workflowType,
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
        workflowType,
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

/** One workflow task: what the workflow was told, when, and what it did then. */
interface Activation {
  readonly jobs: readonly Job[];
  readonly now: number;
  readonly continueAsNewSuggested: boolean;
  readonly commands: readonly Command[];
}

/** One run of a workflow. */
export class Run {
  /** All of its workflow tasks; queries are none. */
  readonly activations: Activation[] = [];
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
    const commands = successful?.commands ?? [];
    if (!jobs.some(({ queryWorkflow }) => queryWorkflow)) {
      this.activations.push({ jobs, now, continueAsNewSuggested, commands });
    }
    return commands;
  }

  dispose(): Promise<void> {
    return this.workflow.dispose();
  }
}

/**
 * What a replay of the run does otherwise, undefined when it does the same. A replay is told what history holds: of an
 * update that was refused it hears nothing, and of a task in which nothing else happened neither.
 *
 * @param isLate - tasks without commands are told at the time of the next one. So it can be when a worker loads the run for
 *   an update that it refuses: for the SDK's core, such a task and that of the update are one, at the later time
 */
export async function replayDifference(
  vm: WorkflowVm,
  options: RunOptions,
  run: Run,
  isLate = false,
): Promise<string | undefined> {
  const refused = new Set(
    run.activations.flatMap(({ commands }) =>
      commands.flatMap(({ updateResponse }) => (updateResponse?.rejected ? [updateResponse.protocolInstanceId] : [])),
    ),
  );
  const kept = run.activations.flatMap((activation, index) => {
    const told = activation.jobs.filter(({ doUpdate }) => !doUpdate || !refused.has(doUpdate.protocolInstanceId));
    return index === 0 || told.length > 0 ? [{ ...activation, told }] : [];
  });
  const [begun] = kept;
  if (!begun) return undefined;
  const replay = await vm.start(options, begun.now);
  try {
    for (const [index, { told, now, continueAsNewSuggested, commands }] of kept.entries()) {
      const next = kept[index + 1];
      const at = isLate && next && !leavesTrace(commands) ? next.now : now;
      // A replay that has gone astray may be told of a call that it has not made.
      const again = replay.activate(told, at, continueAsNewSuggested).then(recorded, String);
      const [did, does] = [recorded(commands), await again];
      if (did !== does)
        return `at ${new Date(now).toISOString()} it did ${did || 'nothing'}, and its replay${isLate ? ', where tasks without commands came late,' : ''} ${does || 'nothing'}`;
    }
  } finally {
    await replay.dispose();
  }
  return undefined;
}

/** Whether a task leaves events of its own: its commands, or the answer to an update. */
function leavesTrace(commands: readonly Command[]): boolean {
  return commands.some(({ respondToQuery, updateResponse }) => !respondToQuery && !updateResponse?.rejected);
}

/** The commands that stand in history, by what a replay compares. */
function recorded(commands: readonly Command[]): string {
  return commands
    .filter(({ respondToQuery, updateResponse }) => !respondToQuery && !updateResponse)
    .map((command) => {
      const [kind, { seq }] = Object.entries(command).find(([, value]) => value != null) as [string, { seq?: number }];
      return `${kind} ${seq ?? ''}`;
    })
    .join(', ');
}

export function payloads(...values: readonly unknown[]): Payload[] {
  return toPayloads(defaultPayloadConverter, ...values) ?? [];
}
