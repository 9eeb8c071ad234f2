import type { ProblemCode } from '../problem-kinds.ts';
import { PROBLEMS, problemKind } from '../problem-kinds.ts';
import { ref } from './common.ts';

/** A header that answers may carry, as the OpenAPI document describes it. */
const HEADERS = {
  'x-request-id': { type: 'string', description: 'The id given, or the one made for the request.' },
  etag: {
    type: 'string',
    description: 'Strong: equal tags mean equal bytes; of a migration, the same control record.',
  },
  location: { type: 'string', description: 'Where the new resource is.' },
  'cache-control': { type: 'string', description: 'How long the answer may be kept.' },
  'server-timing': { type: 'string', description: 'Where the time went, in milliseconds.' },
  'x-mediamesh-source': {
    type: 'string',
    enum: ['l1', 'hot', 'catalog'],
    description:
      'Where the answer came from: memory of this process, the copies alone, or the catalogue at least in part.',
  },
  'idempotent-replayed': {
    type: 'string',
    enum: ['true'],
    description: 'The answer is the one that the first request with this key got.',
  },
  'ratelimit-policy': {
    type: 'string',
    description:
      'The client\'s limits that are for this call, as a list of `"name";q=units;w=seconds` (draft-ietf-httpapi-ratelimit-headers-11). Absent where limits are off, or told by other fields.',
  },
  ratelimit: {
    type: 'string',
    description:
      'What is left of them, as a list of `"name";r=units;t=seconds`: until the whole limit is there again. A refusal has `t` of those that deny alone: until the same call passes. `mediamesh-degraded` says who decided while the counters could not be asked.',
  },
  'retry-after': { type: 'string', description: 'Seconds to wait before the next attempt.' },
} as const;

export type HeaderName = keyof typeof HEADERS;

/** What a call answers when all is well. */
export interface Success {
  readonly description: string;
  readonly headers?: readonly HeaderName[];
  /** Absent: no body. */
  readonly schema?: object;
  readonly mediaType?: string;
}

/** Headers of a read that may be cached. */
export const READ_HEADERS = ['cache-control', 'server-timing', 'x-mediamesh-source'] as const;
/** Headers of a read that is answered from memory and can be revalidated. */
export const TAGGED_HEADERS = ['etag', ...READ_HEADERS] as const;

const EVERY_CALL = [
  'malformed-request',
  'malformed-url',
  'validation-failed',
  'request-timeout',
  'expectation-failed',
  'header-too-large',
  'internal-error',
] as const satisfies readonly ProblemCode[];

/** What a call that asks a store can answer beside its own problems. */
export const WITH_STORE = [
  'store-unavailable',
  'store-timeout',
  'store-throttled',
  'store-refused',
  'handler-timeout',
] as const;
/** What a call that takes a JSON body can answer beside its own problems. */
export const WITH_BODY = ['malformed-json', 'body-too-large', 'unsupported-media-type'] as const;
/** What a list with a cursor can answer. */
export const WITH_CURSOR = ['invalid-cursor', 'cursor-expired'] as const;

/** What a call that counts towards the client's limits can answer beside its own problems. */
const COUNTED = ['quota-exceeded', 'temporary-reduced-capacity'] as const satisfies readonly ProblemCode[];
const LIMIT_HEADERS = ['ratelimit-policy', 'ratelimit'] as const;

type Responses = Readonly<Record<string, unknown>>;

/** The responses of a call for the OpenAPI document: its successes, and each problem by its status. */
export function responses(
  successes: Readonly<Record<number, Success>>,
  ...codes: readonly ProblemCode[]
): Responses {
  return describe(successes, [...EVERY_CALL, ...COUNTED, ...codes], LIMIT_HEADERS);
}

/** As {@link responses}, for calls that count towards no limit. */
export function uncountedResponses(
  successes: Readonly<Record<number, Success>>,
  ...codes: readonly ProblemCode[]
): Responses {
  return describe(successes, [...EVERY_CALL, ...codes], []);
}

function describe(
  successes: Readonly<Record<number, Success>>,
  codes: readonly ProblemCode[],
  always: readonly HeaderName[],
): Responses {
  const good = Object.entries(successes).map(([status, success]) => [
    status,
    successResponse(success, always),
  ]);
  return Object.fromEntries([...good, ...problemResponses(codes, always)]);
}

function successResponse(
  { description, headers = [], schema, mediaType = 'application/json' }: Success,
  always: readonly HeaderName[],
): object {
  const common = { description, headers: headersOf(['x-request-id', ...headers, ...always]) };
  return schema === undefined
    ? { ...common, type: 'null' }
    : { ...common, content: { [mediaType]: { schema } } };
}

function problemResponses(codes: readonly ProblemCode[], always: readonly HeaderName[]): [string, object][] {
  const byStatus = Map.groupBy(new Set(codes), (code) => problemKind(code).status);
  return [...byStatus].map(([status, same]) => [String(status), problemResponse(same, always)]);
}

function problemResponse(codes: readonly ProblemCode[], always: readonly HeaderName[]): object {
  const retries = codes.some((code) => problemKind(code).retryAfter !== undefined);
  const schema = { allOf: [ref('Problem'), { type: 'object', properties: { code: { enum: codes } } }] };
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].description}`).join('\n\n'),
    headers: headersOf([
      'x-request-id',
      'cache-control',
      ...(retries ? (['retry-after'] as const) : []),
      ...always,
    ]),
    content: {
      'application/problem+json': { schema },
    },
  };
}

function headersOf(names: readonly HeaderName[]): object {
  return Object.fromEntries(names.map((name) => [name, HEADERS[name]]));
}
