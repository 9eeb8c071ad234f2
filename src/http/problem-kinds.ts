import type { ErrorCode } from '../domain/errors.ts';

/** One kind of failing answer. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** When it is answered and what helps, for `/problems` and the OpenAPI document. */
  readonly description: string;
  /** Sent as `Retry-After`, in seconds, where trying again makes sense. */
  readonly retryAfter?: number;
  /** The kind as it is registered with IANA. Default: where this service describes it. */
  readonly type?: string;
}

const REGISTERED = 'https://iana.org/assignments/http-problem-types#';

const domainProblems = {
  'validation-failed': {
    status: 400,
    title: 'The request breaks a stated rule',
    description:
      'A parameter, header or field is missing, unknown or out of its limits; `errors` names each.',
  },
  'invalid-cursor': {
    status: 400,
    title: 'The cursor is not one of ours',
    description:
      'The cursor was changed, or belongs to other filters or another sort. Begin again without a cursor.',
  },
  'cursor-expired': {
    status: 400,
    title: 'The list that the cursor belongs to is over',
    description: 'Ranked lists can be paged for 15 minutes. Begin again without a cursor.',
  },
  'program-not-found': {
    status: 404,
    title: 'No such program',
    description: 'No program has this id, or it was deleted.',
  },
  'program-exists': {
    status: 409,
    title: 'The program id is taken',
    description: 'POST creates only. Use PUT to replace, or choose another id.',
  },
  'version-conflict': {
    status: 412,
    title: 'The precondition does not hold',
    description:
      'What is stored is not what `If-Match` or `If-None-Match` asked for. Nothing was changed. Read it again and retry.',
  },
  'document-not-found': {
    status: 404,
    title: 'No such search document',
    description: 'No search document has this id.',
  },
  'document-owned-by-program': {
    status: 409,
    title: 'The id belongs to a program',
    description:
      'Programs enter the search index by themselves, and an id that was ever a program stays one. Write the program, or take another id.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The idempotency key stands for another request',
    description: 'The key was used with another body within 24 hours. Use a new key for a new request.',
  },
  'idempotency-key-in-flight': {
    status: 409,
    title: 'The same request is being worked on',
    description: 'An earlier request with this key has no answer yet. Try again after `Retry-After` seconds.',
    retryAfter: 1,
  },
  'store-unavailable': {
    status: 503,
    title: 'A store is not available',
    description: 'A store that the request needs can not be reached. A write may have been applied.',
    retryAfter: 1,
  },
  'store-timeout': {
    status: 503,
    title: 'A store did not answer in time',
    description: 'A store that the request needs did not answer in time. A write may have been applied.',
    retryAfter: 1,
  },
  'store-throttled': {
    status: 503,
    title: 'A store has no capacity left',
    description:
      'A store that the request needs is over its capacity for the moment. A write may have been applied.',
    retryAfter: 1,
  },
  'store-refused': {
    status: 503,
    title: 'A store is not set up as it should be',
    description:
      'A store refused the call: a permission, a table or an index is missing. The operator has to mend it; `mediamesh doctor` says what.',
    retryAfter: 30,
  },
  'value-too-large': {
    status: 422,
    title: 'The value is larger than the store can hold',
    description:
      'Each field is within its limits, but all together take more than the store holds for one item.',
  },
  'phase-not-reachable': {
    status: 409,
    title: 'The migration can not take this step yet',
    description:
      '`blockers` lists what stands in the way and what to do about it. Nothing was changed. `force` takes the step all the same.',
  },
  'job-not-found': {
    status: 404,
    title: 'No such job',
    description: 'No backfill, verification or repair has this id.',
  },
  'job-not-possible': {
    status: 409,
    title: 'The job can not run now',
    description: 'The data set has no copy to work on, or its writes leave no marks in the present phase.',
  },
} as const satisfies Record<ErrorCode, ProblemKind>;

const httpProblems = {
  'malformed-request': {
    status: 400,
    title: 'The request is not HTTP/1.1',
    description:
      'The request line, a header or the framing of the body breaks HTTP. The connection is closed.',
  },
  'malformed-url': {
    status: 400,
    title: 'The address can not be decoded',
    description: 'A percent sign is not followed by two hexadecimal digits, or the bytes are not UTF-8.',
  },
  'malformed-header': {
    status: 400,
    title: 'A header can not be read',
    description: 'The form of a header is wrong; `detail` names it and says what is expected.',
  },
  'malformed-json': {
    status: 400,
    title: 'The body is not JSON',
    description: 'The body is empty, is not valid UTF-8 or is not JSON.',
  },
  'broken-body': {
    status: 400,
    title: 'The body broke off',
    description:
      'The streamed body ended early or could not be decompressed; `detail` says what was read until then.',
  },
  'not-found': {
    status: 404,
    title: 'Nothing is here',
    description: 'No call has this address. `/openapi.json` lists them all.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The method is not allowed here',
    description: 'The address exists; `Allow` lists the methods that it takes.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request came too slowly',
    description: 'The headers or the body did not arrive in time. The connection is closed.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    description: 'The body has more bytes than the call takes; `detail` names the limit.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is of a type that the call does not take',
    description: '`Content-Type` or `Content-Encoding` is missing or not one of those that the call takes.',
  },
  'expectation-failed': {
    status: 417,
    title: 'The expectation can not be met',
    description: '`Expect` takes only `100-continue`.',
  },
  'quota-exceeded': {
    status: 429,
    type: `${REGISTERED}quota-exceeded`,
    title: 'Too many requests',
    description:
      'The client has used up what a policy allows; `violated-policies` names each. Try again after `Retry-After` seconds; `RateLimit` tells with every answer what is left.',
    retryAfter: 1,
  },
  'header-too-large': {
    status: 431,
    title: 'The headers are too large',
    description: 'The request line and the headers have more than 16 KiB. The connection is closed.',
  },
  'internal-error': {
    status: 500,
    title: 'Something went wrong here',
    description: 'A fault of the service. It is logged under the `requestId`.',
  },
  'temporary-reduced-capacity': {
    status: 503,
    type: `${REGISTERED}temporary-reduced-capacity`,
    title: 'Reduced capacity for now',
    description:
      'Requests can not be counted at the moment, and what may pass uncounted has passed. The client need not be over any limit. Try again after `Retry-After` seconds.',
    retryAfter: 1,
  },
  'handler-timeout': {
    status: 503,
    title: 'The answer took too long',
    description: 'The work was given up at its deadline. A write may have been applied.',
    retryAfter: 1,
  },
} as const satisfies Record<string, ProblemKind>;

/** Every failing answer of the service, by its stable code: the one place where an error becomes a status. */
export const PROBLEMS = { ...domainProblems, ...httpProblems } as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** Every code, in the order of the table. */
export const PROBLEM_CODES = Object.keys(PROBLEMS) as readonly ProblemCode[];

export function problemKind(code: ProblemCode): ProblemKind {
  return PROBLEMS[code];
}

/** What the kind of problem is known by: where it is registered, else a path of this service that describes it. */
export function problemType(code: ProblemCode): string {
  return problemKind(code).type ?? `/problems/${code}`;
}
