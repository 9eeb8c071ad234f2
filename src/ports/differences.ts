/**
 * Where correct adapters of a port may differ. The contract suites read this instead of asking which adapter they test, and
 * docs/back-ends.md prints it. What is not here is the same everywhere.
 */
export interface CounterDifferences {
  /**
   * Whose clock decides. `process`: one that never goes back. `store`: the server's, the same for all instances. `instances`:
   * each instance's own, so their clocks must agree to a small part of the window.
   */
  readonly clock: 'process' | 'store' | 'instances';
  /** What the counts survive: `nothing`, a restart of the `service`, or also a crash of the store (`store`). */
  readonly survives: 'nothing' | 'service' | 'store';
  /**
   * Units of several keys, all or none: `atomic`, or taken one after another and given back when one is denied (`compensated`), which
   * may deny others for a moment and never admits too much.
   */
  readonly acrossKeys: 'atomic' | 'compensated';
}

export interface ActivityDifferences {
  /** What of one `recordViews` is counted all or none: the whole call, or the views of each program. */
  readonly atomic: 'call' | 'program';
  /** Whether an acknowledged view survives a crash of the store; `configured`: as the server is set up. */
  readonly durable: 'no' | 'configured' | 'yes';
}

export interface HotDifferences {
  /** Whether a read may return an older copy for a moment after a write. */
  readonly staleReads: boolean;
  /** The largest program in bytes; `undefined`: none of practical interest. */
  readonly maxProgramBytes: number | undefined;
}

export interface SearchIndexDifferences {
  /** Whether `list` may miss a write for a moment. `get` never does. */
  readonly staleLists: boolean;
}

/** What one back end says of itself: the ports it has an adapter for. */
export interface Differences {
  readonly counterStore?: CounterDifferences;
  readonly activityStore?: ActivityDifferences;
  readonly hotProgramStore?: HotDifferences;
  readonly searchIndex?: SearchIndexDifferences;
}
