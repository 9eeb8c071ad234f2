import { getRandomValues } from 'node:crypto';

/** 32 bits, as a signed integer. */
export interface KeyHash {
  /** Of a text of at most so many code units as it was made for. */
  readonly ofText: (text: string) => number;
  /** Of three numbers, of which 32 bits count each. */
  readonly ofNumbers: (one: number, other: number, third: number) => number;
}

/** So many numbers of 32 bits that nobody else knows. */
export type Secrets = (count: number) => Int32Array;

/**
 * Multilinear hashing with a secret multiplier for each place (D. Lemire, O. Kaser: Strongly universal string hashing is fast, 2014):
 * clients choose the keys, and of all pairs that they choose without knowing the secret, one in 2^32 meets. Two sums of 32 bits, whose
 * upper halves are as good as that for units of 16. `secrets`: default, of the system's generator.
 */
export function createKeyHash(maxLength: number, secrets: Secrets = systemSecrets): KeyHash {
  const upper = secrets(maxLength + 1);
  const lower = secrets(maxLength + 1);
  const [upperParts, lowerParts] = [secrets(PARTS), secrets(PARTS)];

  return {
    ofText: (text) => {
      const { length } = text;
      // A 1 behind the last unit: else a text would meet itself with a NUL behind it.
      let high = upper[length] as number;
      let low = lower[length] as number;
      for (let index = 0; index < length; index += 1) {
        const unit = text.charCodeAt(index);
        high = (high + Math.imul(upper[index] as number, unit)) | 0;
        low = (low + Math.imul(lower[index] as number, unit)) | 0;
      }
      return joined(high, low);
    },
    ofNumbers: (...numbers) => joined(sumOfParts(upperParts, numbers), sumOfParts(lowerParts, numbers)),
  };
}

const PARTS = 6;

/** Each number as two units of 16 bits. */
function sumOfParts(multipliers: Int32Array, numbers: readonly number[]): number {
  let sum = 0;
  for (let index = 0; index < numbers.length; index += 1) {
    const number = numbers[index] as number;
    const lowPart = Math.imul(multipliers[2 * index] as number, number & 0xffff);
    sum = (sum + lowPart + Math.imul(multipliers[2 * index + 1] as number, number >>> 16)) | 0;
  }
  return sum;
}

/**
 * The upper halves of two sums, with their bits mixed (one to one, by the constants of C. Wellons's lowbias32): sums of keys that are
 * alike lie at even distances, which would make long runs in a table.
 */
function joined(high: number, low: number): number {
  let mixed = (high & 0xffff_0000) | (low >>> 16);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return mixed ^ (mixed >>> 16);
}

function systemSecrets(count: number): Int32Array {
  return getRandomValues(new Int32Array(count));
}
