import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Attributes = Record<string, AttributeValue>;

/** DynamoDB keeps 38 digits, so a bigint of these counters loses nothing. */
export function numberValue(value: number | bigint): AttributeValue {
  return { N: String(value) };
}

export function mapValue(map: Attributes): AttributeValue {
  return { M: map };
}

/** @throws {TypeError} when somebody else has written the item. */
export function digitsOf(value: AttributeValue | undefined): string {
  if (value?.N === undefined)
    throw new TypeError('a counter in the rate-limit table must be made of numbers');
  return value.N;
}
