import type { CounterRequest } from '../../../ports/counter-store.ts';
import { digest } from './digest.ts';

/** A request and where it stood among those of its call. */
export interface Asked {
  readonly request: CounterRequest;
  readonly place: number;
  readonly keyHash: Buffer;
}

/** The order in which every caller locks the counters: that of the primary key of `counters`. */
export function inLockOrder(requests: readonly CounterRequest[]): readonly Asked[] {
  return requests
    .map((request, place) => ({ request, place, keyHash: digest(request.key) }))
    .toSorted(
      (left, right) =>
        Buffer.compare(left.keyHash, right.keyHash) ||
        compareText(left.request.policy.algorithm, right.request.policy.algorithm) ||
        left.request.policy.windowMs - right.request.policy.windowMs,
    );
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** As the functions take them: a list for each of key, algorithm, window, limit, cost and permit. */
export function listed(asked: readonly Asked[]): readonly (readonly unknown[])[] {
  return [
    asked.map(({ keyHash }) => keyHash),
    asked.map(({ request: { policy } }) => policy.algorithm),
    asked.map(({ request: { policy } }) => policy.windowMs),
    asked.map(({ request: { policy } }) => policy.limit),
    asked.map(({ request: { cost } }) => cost),
    asked.map(({ request: { permitId } }) => (permitId === undefined ? null : digest(permitId))),
  ];
}

/** Rows in the order of the lists, put where their requests stood. */
export function inPlace<Row>(asked: readonly Asked[], rows: readonly Row[]): readonly (Row | undefined)[] {
  const placed: (Row | undefined)[] = [];
  for (const [index, { place }] of asked.entries()) placed[place] = rows[index];
  return placed;
}
