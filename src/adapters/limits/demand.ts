/** What was asked for lately. */
export interface Demand {
  add(units: number): void;
  /** Of the last span, reckoned as if what came in the span before had come evenly. */
  recent(): { readonly checks: number; readonly units: number };
}

/** `clock`: milliseconds that never go backwards. */
export function createDemand(spanMs: number, clock: () => number): Demand {
  let startMs = clock();
  let now = { checks: 0, units: 0 };
  let before = { checks: 0, units: 0 };

  /** Answers how much of the span before still lies in the last one. */
  function moveOn(): number {
    const spans = Math.floor((clock() - startMs) / spanMs);
    if (spans > 0) {
      before = spans === 1 ? now : { checks: 0, units: 0 };
      now = { checks: 0, units: 0 };
      startMs += spans * spanMs;
    }
    return 1 - (clock() - startMs) / spanMs;
  }

  return {
    add(units) {
      moveOn();
      now.checks += 1;
      now.units += units;
    },
    recent() {
      const share = moveOn();
      return { checks: now.checks + before.checks * share, units: now.units + before.units * share };
    },
  };
}
