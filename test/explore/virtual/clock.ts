/** A clock that jumps from one event to the next. */
export class VirtualClock {
  now: number;
  private events: { at: number; order: number; act: () => void }[] = [];
  private order = 0;

  constructor(start: number) {
    this.now = start;
  }

  at(time: number, act: () => void): { cancel(): void } {
    const event = { at: Math.max(time, this.now), order: (this.order += 1), act };
    this.events.push(event);
    return { cancel: () => void (this.events = this.events.filter((each) => each !== event)) };
  }

  after(ms: number, act: () => void): { cancel(): void } {
    return this.at(this.now + ms, act);
  }

  /** Moves to the next event and lets it happen; false when there is none. */
  step(): boolean {
    const next = this.events.reduce<(typeof this.events)[number] | undefined>(
      (first, each) =>
        !first || each.at < first.at || (each.at === first.at && each.order < first.order) ? each : first,
      undefined,
    );
    if (!next) return false;
    this.events = this.events.filter((each) => each !== next);
    this.now = next.at;
    next.act();
    return true;
  }
}
