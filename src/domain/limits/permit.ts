/** Remembers one taking of units, so that they can be given back. */
export interface Permit {
  readonly units: number;
  /** When they were taken. Steady time in milliseconds, as the next. */
  readonly atMs: number;
  /** From when on all of them have come back by themselves. */
  readonly untilMs: number;
  /** `token-bucket`: the state's `taken` and `limit` right after the taking. */
  readonly bucket?: { readonly taken: number; readonly limit: number };
}

/** What is given back. */
export interface Return {
  readonly units: number;
  /** The taking they come from, which `untilMs` has not come for; `undefined`: the latest ones. */
  readonly permit: Permit | undefined;
}
