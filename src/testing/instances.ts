import { begin, currentStep, jumpTo, type Played, pollAt } from './played-task.js';

/**
 * One stage of an instance's life. It lasts `forMs` milliseconds, or until `forPolls` polls have seen it; the last step of a
 * timeline needs neither and lasts forever. A size that a step leaves out is that of the step before.
 */
export interface InstanceStep {
  /** 0 to be initialized, 1 in a flow, 2 running, -2 isolated, -3 to be deleted, or something unknown. */
  readonly status: number;
  /** Documented as 0 or 1; the API's own example has 37 with status 1. @default 37 with status 1, else 0 */
  readonly subStatus?: number;
  /** Whether the API lists it. @default true */
  readonly listed?: boolean;
  /** A flow holds the instance, whatever `status` says: changes are refused as busy. @default true with status 1 */
  readonly locked?: boolean;
  /** Memory of each shard in MB. @default 1024 */
  readonly memSizeMb?: number;
  /** @default 1 */
  readonly shards?: number;
  /** Of each shard. @default 1 */
  readonly replicas?: number;
  /** @default 6 */
  readonly typeId?: number;
  readonly forMs?: number;
  readonly forPolls?: number;
}

/** What an instance is and how it proceeds. */
export interface InstanceScript {
  /** At least one step. The first starts when the instance is added. */
  readonly timeline: readonly InstanceStep[];
  /** The only region that knows it. @default every region */
  readonly region?: string;
  /** @default '0000-00-00 00:00:00', as the API writes it for a fresh instance */
  readonly createTime?: string;
}

/** One stage of a deal: see {@link InstanceStep}. */
export interface DealStep {
  /** 1 unpaid, 2 paid, 3 delivering, 4 delivered, 5 to 11 delivers nothing, 12 paying, or something unknown. */
  readonly status: number;
  /** @default [] */
  readonly instanceIds?: readonly string[];
  /** Whether the API lists it: it may not at first. @default true */
  readonly listed?: boolean;
  readonly description?: string;
  readonly forMs?: number;
  readonly forPolls?: number;
}

/** What a deal is and how it proceeds. */
export interface DealScript {
  readonly timeline: readonly DealStep[];
  /** @default every region */
  readonly region?: string;
  /** How many instances were ordered. @default those of the last step */
  readonly goodsNum?: number;
  /** Which fields have its name. @default 'both' */
  readonly namedBy?: 'DealName' | 'DealId' | 'both';
}

type PlayedInstance = Played<InstanceStep> & { readonly script: InstanceScript };
type PlayedDeal = Played<DealStep> & { readonly script: DealScript };

const SIZE = { memSizeMb: 1_024, shards: 1, replicas: 1, typeId: 6 };

/** All instances and deals of the simulated account. */
export class InstanceBook {
  private readonly instances = new Map<string, PlayedInstance>();
  private orders = 0;
  private made = 0;
  private readonly deals = new Map<string, PlayedDeal>();

  constructor(private readonly now: () => number) {}

  /** Adds an instance, or replaces the one with this id. */
  add(instanceId: string, script: InstanceScript): void {
    this.instances.set(instanceId, { ...begin(script.timeline, 'An instance', this.now()), script });
  }

  /** Moves an instance to a last step outside its timeline. */
  jump(instanceId: string, step: InstanceStep): void {
    const instance = this.instances.get(instanceId);
    if (!instance) throw new Error(`There is no instance ${instanceId}: add it first.`);
    jumpTo(instance, step, this.now());
  }

  /** Forgets an instance. @returns whether there was one */
  remove(instanceId: string): boolean {
    return this.instances.delete(instanceId);
  }

  /** Whether a flow holds an instance, as far as that is known here. */
  isLocked(instanceId: string): boolean {
    const { locked, status } = this.look(instanceId) ?? {};
    return locked ?? status === 1;
  }

  /** A name as the API gives to orders. */
  nextDealName(): string {
    return `2025082529702153059${String((this.orders += 1)).padStart(4, '0')}`;
  }

  /** An id as the API gives to new instances. */
  nextInstanceId(): string {
    return `crs-new${String((this.made += 1)).padStart(5, '0')}`;
  }

  /** Adds a deal, or replaces the one with this name. */
  addDeal(name: string, script: DealScript): void {
    this.deals.set(name, { ...begin(script.timeline, 'A deal', this.now()), script });
  }

  /** Moves a deal to a last step outside its timeline. */
  jumpDeal(name: string, step: DealStep): void {
    const deal = this.deals.get(name);
    if (!deal) throw new Error(`There is no deal ${name}: add it first.`);
    jumpTo(deal, step, this.now());
  }

  /** Forgets a deal. @returns whether there was one */
  removeDeal(name: string): boolean {
    return this.deals.delete(name);
  }

  /** What a deal was told to be, and where it stands, without a poll. */
  lookDeal(name: string): (DealScript & DealStep) | undefined {
    const deal = this.deals.get(name);
    return deal && { ...deal.script, ...shown(currentStep(deal, this.now())) };
  }

  /** The same of an instance. */
  lookScript(instanceId: string): (InstanceScript & InstanceStep) | undefined {
    const instance = this.instances.get(instanceId);
    const step = this.look(instanceId);
    return instance && step && { ...instance.script, ...shown(step) };
  }

  /** Where an instance stands, without a poll. */
  look(instanceId: string): (InstanceStep & typeof SIZE) | undefined {
    const instance = this.instances.get(instanceId);
    return instance && sized(instance, currentStep(instance, this.now()));
  }

  /** The instances of a region that the API lists. @param isAsked - of these a poll is counted */
  list(region: string, isAsked: (instanceId: string) => boolean): Readonly<Record<string, unknown>>[] {
    return [...this.instances].flatMap(([instanceId, instance]) => {
      if ((instance.script.region ?? region) !== region || !isAsked(instanceId)) return [];
      const before = sized(instance, currentStep(instance, this.now()));
      pollAt(instance, this.now());
      return before.listed === false ? [] : [instanceRow(instanceId, before, instance.script)];
    });
  }

  /** The deal with a name as the API lists it. */
  listDeal(region: string, name: string): Readonly<Record<string, unknown>>[] {
    const deal = this.deals.get(name);
    if (!deal || (deal.script.region ?? region) !== region) return [];
    const { listed = true, status, instanceIds = [], description = '' } = pollAt(deal, this.now());
    if (!listed) return [];
    const { namedBy = 'both', timeline, goodsNum } = deal.script;
    return [
      {
        ...(namedBy !== 'DealName' && { DealId: name }),
        ...(namedBy !== 'DealId' && { DealName: name }),
        ZoneId: 100003,
        GoodsNum: goodsNum ?? timeline.at(-1)?.instanceIds?.length ?? 1,
        Status: status,
        Description: description,
        Price: 100,
        InstanceIds: instanceIds,
      },
    ];
  }
}

/** A step without how long it lasts. */
function shown<S extends InstanceStep | DealStep>(step: S): S {
  return { ...step, forMs: undefined, forPolls: undefined };
}

/** A step with the sizes that those before it have set. */
function sized({ past }: PlayedInstance, step: InstanceStep): InstanceStep & typeof SIZE {
  const steps = [...past.map((each) => each.step), step];
  const last = (name: keyof typeof SIZE) => steps.findLast((each) => each[name] !== undefined)?.[name] ?? SIZE[name];
  return {
    ...step,
    memSizeMb: last('memSizeMb'),
    shards: last('shards'),
    replicas: last('replicas'),
    typeId: last('typeId'),
  };
}

function instanceRow(instanceId: string, step: InstanceStep & typeof SIZE, script: InstanceScript) {
  const { status, subStatus = status === 1 ? 37 : 0, memSizeMb, shards, replicas, typeId } = step;
  return {
    // One without a name has its id as name.
    InstanceName: instanceId,
    InstanceId: instanceId,
    Status: status,
    SubStatus: subStatus,
    InstanceTitle: subStatus === 37 ? '添加实例中' : '',
    Createtime: script.createTime ?? '0000-00-00 00:00:00',
    CloseTime: '0000-00-00 00:00:00',
    Size: memSizeMb * shards,
    RedisShardSize: memSizeMb,
    RedisShardNum: shards,
    RedisReplicasNum: replicas,
    Type: typeId,
    ProductType: shards > 1 ? 'cluster' : 'standalone',
  };
}
