import type { LimitAlgorithm, LimitState } from '../../../domain/limits/algorithm.ts';
import { LIMIT_ALGORITHMS } from '../../../domain/limits/algorithms.ts';
import type { CountingAlgorithm, CountingPolicy } from '../../../domain/limits/policy.ts';
import { COUNTING_ALGORITHMS } from '../../../domain/limits/policy.ts';
import { filedKey } from './filed-key.ts';
import { fixedWindowLayout } from './fixed-window.ts';
import type { CounterLayout } from './layout.ts';
import { slidingWindowLayout } from './sliding-window.ts';
import { tokenBucketLayout } from './token-bucket.ts';

/** One counter: a map attribute, named after algorithm and window, of the item of a rate-limit key. */
export interface Counter {
  readonly itemKey: string;
  readonly attribute: string;
  readonly windowMs: number;
  readonly rules: LimitAlgorithm<LimitState>;
  readonly layout: CounterLayout<LimitState>;
}

/** Each is only ever given states of its own making. */
const LAYOUTS: Readonly<Record<CountingAlgorithm, CounterLayout<LimitState>>> = {
  'fixed-window': fixedWindowLayout,
  'sliding-window': slidingWindowLayout,
  'token-bucket': tokenBucketLayout,
};

/** The name of an attribute counts for the size of the item, hence one letter for an algorithm. */
const LETTERS: Readonly<Record<CountingAlgorithm, string>> = {
  'fixed-window': 'f',
  'sliding-window': 's',
  'token-bucket': 't',
};

export function counterOf(key: string, { algorithm, windowMs }: Omit<CountingPolicy, 'limit'>): Counter {
  return {
    itemKey: filedKey(key),
    attribute: LETTERS[algorithm] + windowMs,
    windowMs,
    rules: LIMIT_ALGORITHMS[algorithm],
    layout: LAYOUTS[algorithm],
  };
}

/** How the attribute is laid out, with the window in its name; `undefined` for attributes that are no counter. */
export function layoutOf(
  attribute: string,
): { readonly layout: CounterLayout<LimitState>; readonly windowMs: number } | undefined {
  const algorithm = COUNTING_ALGORITHMS.find((each) => attribute.startsWith(LETTERS[each]));
  const digits = attribute.slice(1);
  if (algorithm === undefined || !/^\d+$/.test(digits)) return undefined;
  return { layout: LAYOUTS[algorithm], windowMs: Number(digits) };
}
