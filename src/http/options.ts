/** Limits and time-outs of the server. Milliseconds and bytes. */
export interface HttpOptions {
  /** An ordinary call is a 503 after so long, and its work is given up. */
  readonly handlerTimeoutMs: number;
  /** The headers of a request must arrive within so long. */
  readonly headersTimeoutMs: number;
  /** The body of an ordinary request must arrive within so long. */
  readonly bodyTimeoutMs: number;
  /** An import may pause so long between two pieces of its body. */
  readonly importIdleMs: number;
  /** Longer than a load balancer keeps idle connections (AWS ALB: 60 s), so that it never picks one that just closed. */
  readonly keepAliveTimeoutMs: number;
  /** How often Node looks for connections that are past `headersTimeoutMs`: the time-out is exact to this. */
  readonly connectionsCheckingIntervalMs: number;
  readonly maxHeaderBytes: number;
  /** Body of a call with a few fields. */
  readonly bodyBytes: number;
  /** Body that carries one program or document. */
  readonly entityBytes: number;
  /** Body that carries a batch. */
  readonly batchBytes: number;
  /** One line of an import. */
  readonly importLineBytes: number;
  /** Lines that an import writes at a time. */
  readonly importBatchLines: number;
  /** Answers kept ready to send; 0 keeps none. */
  readonly cacheBytes: number;
  /** How long a kept answer is given out without asking again. */
  readonly freshMs: number;
  /** Addresses or CIDRs of proxies whose X-Forwarded-* headers are believed. */
  readonly trustProxy: readonly string[];
}

export const HTTP_DEFAULTS: HttpOptions = {
  handlerTimeoutMs: 10_000,
  headersTimeoutMs: 5_000,
  bodyTimeoutMs: 10_000,
  importIdleMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  connectionsCheckingIntervalMs: 1_000,
  maxHeaderBytes: 16_384,
  bodyBytes: 65_536,
  // A program at every limit of its fields, each character written as \uXXXX, is about 180 KB.
  entityBytes: 262_144,
  batchBytes: 1_048_576,
  importLineBytes: 1_048_576,
  importBatchLines: 500,
  cacheBytes: 67_108_864,
  freshMs: 1_000,
  trustProxy: [],
};
