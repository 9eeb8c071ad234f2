import fc from 'fast-check';
import type { InjectOptions } from 'fastify';
import { encoded, hostileJson, hostileText } from './hostile-values.ts';
import type { JsonSchema, Resolve } from './schema-arbitrary.ts';
import { valuesOf } from './schema-arbitrary.ts';

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

export interface Call {
  readonly operationId: string;
  /** Requests that the document allows. */
  readonly right: fc.Arbitrary<InjectOptions>;
  /** Requests with one or more hostile parts; some may still be allowed. */
  readonly hostile: fc.Arbitrary<InjectOptions>;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface Parts {
  readonly path: string;
  readonly method: Method;
  readonly resolve: Resolve;
  readonly parameters: readonly Parameter[];
  readonly mediaType: string | undefined;
  readonly body: fc.Arbitrary<unknown>;
}

/** Every call of a document as arbitrary requests. */
export function callsOf(document: Document): readonly Call[] {
  const resolve: Resolve = (ref) => lookUp(document, ref) as JsonSchema;
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) =>
      callOf(partsOf(path, method, operation, resolve), operation.operationId),
    ),
  );
}

function lookUp(document: Document, ref: string): unknown {
  const names = ref.replace('#/', '').split('/');
  return names.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], document);
}

function partsOf(path: string, method: string, operation: Operation, resolve: Resolve): Parts {
  const [mediaType, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const parameters = (operation.parameters ?? []).map((given) =>
    given.$ref === undefined ? given : (resolve(given.$ref) as unknown as Parameter),
  );
  const body = media === undefined ? fc.constant(undefined) : valuesOf(media.schema, resolve);
  return { path, method: method.toUpperCase() as Method, resolve, parameters, mediaType, body };
}

function callOf(parts: Parts, operationId: string): Call {
  return {
    operationId,
    right: requestOf(
      { ...parts, parameters: parts.parameters.filter((parameter) => canBeMade(parts, parameter)) },
      (parameter) => rightParameter(parts, parameter),
      parts.body,
    ),
    hostile: requestOf(parts, (parameter) => hostileParameter(parts, parameter), hostileBody(parts), stray),
  };
}

// Cursors are given out, not made: other tests page to the end. On a write one precondition excludes the other.
function canBeMade({ method }: Parts, { name }: Parameter): boolean {
  return name !== 'cursor' && (method === 'GET' || name.toLowerCase() !== 'if-none-match');
}

function rightParameter({ resolve }: Parts, { name, schema }: Parameter): fc.Arbitrary<unknown> {
  if (/^if-(none-)?match$/i.test(name)) return fc.constantFrom('"v1"', '"v2", "v3"', '*', 'W/"v1"');
  return valuesOf(schema, resolve, name);
}

function hostileParameter({ resolve }: Parts, parameter: Parameter): fc.Arbitrary<unknown> {
  const right = valuesOf(parameter.schema, resolve, parameter.name);
  return fc.oneof({ weight: 2, arbitrary: right }, { weight: 1, arbitrary: hostileText });
}

/** A right body with one field made hostile, or no right body at all. */
function hostileBody({ body, mediaType }: Parts): fc.Arbitrary<unknown> {
  if (mediaType === undefined) return fc.constant(undefined);
  const spoilt = fc
    .tuple(body, fc.string({ maxLength: 12 }), fc.nat(), hostileJson)
    .map(([value, name, index, evil]) => {
      if (typeof value !== 'object' || value === null) return evil;
      const names = [...Object.keys(value), name];
      return { ...value, [names[index % names.length] ?? name]: evil };
    });
  const raw = fc.constantFrom(
    '',
    '{',
    '[',
    '{"a":1,}',
    'null',
    '"\\ud800"',
    '{"__proto__":{"a":1}}',
    '['.repeat(50_000),
    '\ufeff{}',
  );
  return fc.oneof(
    { weight: 4, arbitrary: spoilt },
    { weight: 1, arbitrary: hostileJson },
    { weight: 1, arbitrary: raw.map((text) => new RawBody(text)) },
  );
}

class RawBody {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Query parameters that no call has, and none. */
const stray: fc.Arbitrary<Record<string, string>> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.dictionary(fc.constantFrom('nope', '__proto__', 'limit[]', 'a.b'), hostileText, {
      maxKeys: 2,
    }),
  },
);

function requestOf(
  parts: Parts,
  parameterValues: (parameter: Parameter) => fc.Arbitrary<unknown>,
  body: fc.Arbitrary<unknown>,
  extra: fc.Arbitrary<Record<string, string>> = fc.constant({}),
): fc.Arbitrary<InjectOptions> {
  const inPart = (part: Parameter['in']) => parts.parameters.filter((parameter) => parameter.in === part);
  const record = (part: Parameter['in']) => {
    const model = Object.fromEntries(
      inPart(part).map((parameter) => [parameter.name, parameterValues(parameter)]),
    );
    const requiredKeys = inPart(part)
      .filter(({ required }) => required)
      .map(({ name }) => name);
    return fc.record(model, { requiredKeys }) as fc.Arbitrary<Record<string, unknown>>;
  };
  return fc
    .tuple(record('path'), record('query'), record('header'), extra, body)
    .map(([path, query, header, more, content]) => ({
      method: parts.method,
      url: addressOf(parts.path, path, { ...query, ...more }),
      headers: headersOf(header, parts.mediaType),
      ...(content !== undefined && { payload: payloadOf(agreeing(content, path), parts.mediaType) }),
    }));
}

/** Where an id stands in the address and in the body, both must be the same: no schema can say that. */
function agreeing(content: unknown, path: Record<string, unknown>): unknown {
  if (typeof content !== 'object' || content === null || content instanceof RawBody) return content;
  const shared = Object.entries(path).filter(([name]) => name in content);
  return Array.isArray(content) ? content : { ...content, ...Object.fromEntries(shared) };
}

// A client resolves `.` and `..` before it sends an address: alone they would be another call.
function segment(text: string): string {
  return encoded(/^\.{1,2}$/.test(text) ? `${text}!` : text);
}

function addressOf(template: string, path: Record<string, unknown>, query: Record<string, unknown>): string {
  const address = template.replaceAll(/\{([^}]+)\}/g, (_match, name: string) => segment(String(path[name])));
  const search = Object.entries(query).map(([name, value]) => `${encoded(name)}=${encoded(String(value))}`);
  return search.length === 0 ? address : `${address}?${search.join('&')}`;
}

// Header values are bytes: what HTTP can not carry would never reach a server.
function headersOf(given: Record<string, unknown>, mediaType: string | undefined): Record<string, string> {
  const headers = Object.entries(given).map(([name, value]) => [
    name,
    String(value).replaceAll(/[^\x20-\x7e]/g, ''),
  ]);
  return { ...Object.fromEntries(headers), ...(mediaType !== undefined && { 'content-type': mediaType }) };
}

function payloadOf(content: unknown, mediaType: string | undefined): string {
  if (content instanceof RawBody) return content.text;
  if (mediaType === 'application/x-ndjson' && typeof content === 'string') return content;
  return JSON.stringify(content) ?? '';
}
