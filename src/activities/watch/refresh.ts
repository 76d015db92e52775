/** How soon to ask again when there was no answer. */
const AGAIN_AFTER_MS = 2_000;

/** Keeps an answer fresh that may take long to come, or not come at all: then it is asked for again. */
export class Refresh {
  /** By `performance.now()`, which nobody sets back. */
  private dueAt = 0;
  private isUnderWay = false;
  /** When the last answer was asked for that came, by `Date.now()`; 0 before the first. */
  answeredAt = 0;

  /** @param ask - gives back for how many milliseconds its answer is fresh */
  constructor(private readonly ask: () => Promise<number>) {}

  /** Asks if that is due. */
  refresh(): void {
    const now = performance.now();
    if (this.isUnderWay || now < this.dueAt) return;
    this.isUnderWay = true;
    const askedAt = Date.now();
    this.ask()
      .then((freshMs) => {
        this.answeredAt = askedAt;
        this.dueAt = now + freshMs;
      })
      .catch(() => (this.dueAt = now + AGAIN_AFTER_MS))
      .finally(() => (this.isUnderWay = false));
  }
}
