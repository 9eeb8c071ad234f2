/** One thing that was found out about an engine. */
export interface Finding {
  /** `warning`: it works, but not as well or as safely as it should. `fault`: something does not work. */
  readonly level: 'ok' | 'warning' | 'fault';
  readonly text: string;
  /** What the operator can do about it; absent when there is nothing to do. */
  readonly mend?: string;
}
