import type { Algorithm, Policy } from '../../../domain/limits/policy.ts';
import { ALGORITHMS } from '../../../domain/limits/policy.ts';
import { concurrencyLayout } from './concurrency.ts';
import { filedKey } from './filed-key.ts';
import { fixedWindowLayout } from './fixed-window.ts';
import type { CounterLayout } from './layout.ts';
import { slidingWindowLayout } from './sliding-window.ts';
import { tokenBucketLayout } from './token-bucket.ts';

/** One counter: a map attribute, named after algorithm and window, of the item of a rate-limit key. */
export interface Counter {
  readonly itemKey: string;
  readonly attribute: string;
  /** The attribute that says until when the counter is blocked, in Unix milliseconds; {@link FOR_EVER_MS}: for ever. */
  readonly blockAttribute: string;
  readonly windowMs: number;
  readonly layout: CounterLayout;
}

export const FOR_EVER_MS = Number.MAX_SAFE_INTEGER;

const LAYOUTS: Readonly<Record<Algorithm, CounterLayout>> = {
  'fixed-window': fixedWindowLayout,
  'sliding-window': slidingWindowLayout,
  'token-bucket': tokenBucketLayout,
  concurrency: concurrencyLayout,
};

/** The name of an attribute counts for the size of the item, hence one letter for an algorithm. */
const LETTERS: Readonly<Record<Algorithm, string>> = {
  'fixed-window': 'f',
  'sliding-window': 's',
  'token-bucket': 't',
  concurrency: 'c',
};
const BLOCK_LETTER = 'b';

export function counterOf(key: string, { algorithm, windowMs }: Omit<Policy, 'limit'>): Counter {
  const attribute = LETTERS[algorithm] + windowMs;
  return {
    itemKey: filedKey(key),
    attribute,
    blockAttribute: BLOCK_LETTER + attribute,
    windowMs,
    layout: LAYOUTS[algorithm],
  };
}

/** How the attribute is laid out, with the window in its name; `undefined` for attributes that are no counter. */
export function layoutOf(
  attribute: string,
): { readonly layout: CounterLayout; readonly windowMs: number } | undefined {
  const algorithm = ALGORITHMS.find((each) => attribute.startsWith(LETTERS[each]));
  const digits = attribute.slice(1);
  if (algorithm === undefined || !/^\d+$/.test(digits)) return undefined;
  return { layout: LAYOUTS[algorithm], windowMs: Number(digits) };
}

/** Whether the attribute is the block of a counter. */
export function isBlock(attribute: string): boolean {
  return attribute.startsWith(BLOCK_LETTER) && layoutOf(attribute.slice(1)) !== undefined;
}
