import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/**
 * An item as DynamoDB has it. The document client's conversion is not used here: it throws on numbers past 2^53, and one such
 * number in a foreign item would spoil a whole batch.
 */
export type Item = Readonly<Record<string, AttributeValue>>;

export function text(value: string): AttributeValue {
  return { S: value };
}

export function number(value: number): AttributeValue {
  return { N: String(value) };
}

/** An item that is none of ours; the message names the attribute. */
export class Undecodable extends Error {}

export function textOf(item: Item, name: string): string {
  return item[name]?.S ?? refuse(name);
}

/** `null` when the attribute is left out. */
export function optionalTextOf(item: Item, name: string): string | null {
  return item[name] === undefined ? null : textOf(item, name);
}

export function numberOf(item: Item, name: string): number {
  const value = Number(item[name]?.N ?? Number.NaN);
  return Number.isFinite(value) ? value : refuse(name);
}

export function integerOf(item: Item, name: string): number {
  const value = numberOf(item, name);
  return Number.isSafeInteger(value) ? value : refuse(name);
}

export function momentOf(item: Item, name: string): Date {
  const moment = new Date(textOf(item, name));
  return Number.isNaN(moment.getTime()) ? refuse(name) : moment;
}

export function textsOf(item: Item, name: string): readonly string[] {
  const values = item[name]?.L ?? refuse(name);
  return values.map((value) => value.S ?? refuse(name));
}

export function bytesOf(item: Item, name: string): Uint8Array {
  return item[name]?.B ?? refuse(name);
}

export function refuse(name: string): never {
  throw new Undecodable(`${name} is not as it was written`);
}
