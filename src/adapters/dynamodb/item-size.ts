import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/**
 * What an item takes in the reckoning of capacity and of the limit of 409,600 bytes, by the rules of the DynamoDB Developer
 * Guide ("Item sizes and formats"): names and texts in UTF-8, about a byte for two digits of a number.
 */
export function itemBytes(item: Readonly<Record<string, AttributeValue>>): number {
  return sum(Object.entries(item), ([name, value]) => Buffer.byteLength(name) + valueBytes(value));
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return value.B.byteLength;
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + itemBytes(value.M);
  if (value.L !== undefined) return 3 + value.L.length + sum(value.L, valueBytes);
  return setBytes(value);
}

/** A flag and a null take a byte. */
function setBytes(value: AttributeValue): number {
  if (value.SS !== undefined) return sum(value.SS, Buffer.byteLength);
  if (value.NS !== undefined) return sum(value.NS, numberBytes);
  return value.BS === undefined ? 1 : sum(value.BS, (bytes) => bytes.byteLength);
}

function numberBytes(text: string): number {
  const digits = text
    .replace(/e.*$/i, '')
    .replace(/[-.]/g, '')
    .replace(/^0+|0+$/g, '');
  return Math.ceil(digits.length / 2) + (text.startsWith('-') ? 2 : 1);
}

function sum<Value>(values: readonly Value[], size: (value: Value) => number): number {
  return values.reduce((total, value) => total + size(value), 0);
}
