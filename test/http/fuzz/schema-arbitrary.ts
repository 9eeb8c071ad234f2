import fc from 'fast-check';

/** The part of JSON Schema 2020-12 that the document uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly examples?: readonly unknown[];
}

export type Resolve = (ref: string) => JsonSchema;

/** Ids that come again and again, so that calls meet what others wrote. */
const FEW_IDS = ['a', 'b', 'heat-1995', 'p.1', 'p~2'];

/** Values that a schema takes, with the examples and a few recurring ids among them. */
export function valuesOf(schema: JsonSchema, resolve: Resolve, name = ''): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return valuesOf(resolve(schema.$ref), resolve, name);
  const made = madeOf(schema, resolve);
  if (/^(programId|contentId)s?$/.test(name) && schema.type === 'string')
    return fc.oneof(fc.constantFrom(...FEW_IDS), made);
  // Whole milliseconds: `multipleOf` a decimal would say it, but validators compute it with rounding errors.
  if (name === 'windowSeconds') return fc.integer({ min: 100, max: 2_678_400_000 }).map((ms) => ms / 1000);
  return schema.examples === undefined ? made : fc.oneof(fc.constantFrom(...schema.examples), made);
}

function madeOf(schema: JsonSchema, resolve: Resolve): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => valuesOf(choice, resolve)));
  const types = [schema.type ?? 'object'].flat();
  return fc.oneof(...types.map((type) => ofType(type, schema, resolve)));
}

function ofType(type: string, schema: JsonSchema, resolve: Resolve): fc.Arbitrary<unknown> {
  const makers: Readonly<Record<string, () => fc.Arbitrary<unknown>>> = {
    null: () => fc.constant(null),
    boolean: () => fc.boolean(),
    integer: () => fc.integer({ min: within32(schema.minimum ?? 0), max: within32(schema.maximum ?? 1e6) }),
    number: () => fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 1e6, noNaN: true }),
    string: () => stringOf(schema),
    array: () => arrayOf(schema, resolve),
    object: () => objectOf(schema, resolve),
  };
  return (makers[type] ?? (() => fc.jsonValue()))();
}

function within32(value: number): number {
  return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, value));
}

function stringOf(schema: JsonSchema): fc.Arbitrary<string> {
  if (schema.format === 'date')
    return fc
      .date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
  if (schema.format === 'date-time')
    return fc
      .date({ min: new Date('2001-01-01'), max: new Date('2026-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString());
  if (schema.format === 'uri') return fc.webUrl({ validSchemes: ['https'] });
  if (schema.format === 'language') return fc.constantFrom('en', 'de', 'pt-BR', 'zh-Hant');
  if (schema.pattern !== undefined) {
    return fc.stringMatching(new RegExp(schema.pattern)).filter((text) => fits(text, schema));
  }
  const printable = fc.string({
    unit: 'grapheme',
    minLength: schema.minLength ?? 0,
    maxLength: Math.min(schema.maxLength ?? 20, 20),
  });
  return printable.filter((text) => text.length >= (schema.minLength ?? 0) && !/\p{Cc}/u.test(text));
}

function fits(text: string, { minLength = 0, maxLength = 100 }: JsonSchema): boolean {
  return text.length >= minLength && text.length <= maxLength;
}

function arrayOf(schema: JsonSchema, resolve: Resolve): fc.Arbitrary<unknown> {
  const items = valuesOf(schema.items ?? {}, resolve);
  const bounds = { minLength: schema.minItems ?? 0, maxLength: Math.min(schema.maxItems ?? 5, 5) };
  return schema.uniqueItems
    ? fc.uniqueArray(items, { ...bounds, comparator: 'IsStrictlyEqual' })
    : fc.array(items, bounds);
}

function objectOf(schema: JsonSchema, resolve: Resolve): fc.Arbitrary<unknown> {
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0)
    return fc.dictionary(
      fc.stringMatching(/^[a-z]{1,6}$/),
      fc.oneof(fc.string(), fc.integer(), fc.boolean()),
      { maxKeys: 3 },
    );
  const model = Object.fromEntries(
    properties.map(([name, property]) => [name, valuesOf(property, resolve, name)]),
  );
  const required = (schema.required ?? []).filter((name) => name in model);
  return fc.record(model, { requiredKeys: required });
}
