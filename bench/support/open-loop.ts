import { setTimeout as sleep } from 'node:timers/promises';

export interface OpenLoop<Request> {
  readonly requests: readonly Request[];
  readonly perSecond: number;
  readonly send: (request: Request) => Promise<unknown>;
}

export interface Timed<Request> {
  readonly request: Request;
  /** Milliseconds from when the request was due, not from when it was sent: waiting in line counts. */
  readonly latencyMs: number;
}

/**
 * Sends requests on a fixed schedule, whether earlier ones were answered or not, as users arrive who know nothing of one
 * another. A loop that waits for answers would send less just when the service is slow, and so hide it.
 */
export async function openLoop<Request>(loop: OpenLoop<Request>): Promise<readonly Timed<Request>[]> {
  const begun = performance.now();
  return Promise.all(
    loop.requests.map(async (request, index) => {
      const due = begun + (index * 1000) / loop.perSecond;
      await sleep(Math.max(0, due - performance.now()));
      await loop.send(request);
      return { request, latencyMs: performance.now() - due };
    }),
  );
}
