/** Goes with every call through a port. */
export interface Call {
  /** Aborted when nobody waits for the answer any more: the adapter stops what it can and rejects. A write may have been applied. */
  readonly signal: AbortSignal;
  /** The request that the call is made for, for logs. Absent for work that no request asked for. */
  readonly requestId?: string;
  /** Hears which store answered a read of data that has copies. */
  readonly onSource?: (source: ReadSource) => void;
}

/** `hot`: a copy; `catalog`: the truth. */
export type ReadSource = 'hot' | 'catalog';
