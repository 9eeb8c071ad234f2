import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Attributes } from './attribute-values.ts';
import { numberValue } from './attribute-values.ts';

/** Names and values of the expressions of one update. */
export interface Terms {
  /** The placeholder of an attribute's name, or of a name in a map. */
  name(text: string): string;
  value(value: AttributeValue): string;
  number(value: number | bigint): string;
  readonly names: Record<string, string>;
  readonly values: Attributes;
}

export function createTerms(): Terms {
  const names: Record<string, string> = {};
  const values: Attributes = {};
  const placeholders = new Map<string, string>();
  let valueCount = 0;

  function value(given: AttributeValue): string {
    const placeholder = `:${valueCount}`;
    valueCount += 1;
    values[placeholder] = given;
    return placeholder;
  }

  return {
    name(text) {
      const placeholder = placeholders.get(text) ?? `#${placeholders.size}`;
      placeholders.set(text, placeholder);
      names[placeholder] = text;
      return placeholder;
    },
    value,
    number: (given) => value(numberValue(given)),
    names,
    values,
  };
}
