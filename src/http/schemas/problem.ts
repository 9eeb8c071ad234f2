import { Type } from 'typebox';
import { PROBLEM_CODES } from '../problem-kinds.ts';

export const Fault = Type.Object(
  {
    path: Type.String({
      description: 'Where it is, as a JSON Pointer; empty for the whole.',
      examples: ['/title'],
    }),
    message: Type.String({ description: 'What would be right.', examples: ['is required'] }),
    in: Type.Optional(
      Type.Enum(['path', 'query', 'header', 'body'], {
        description: 'The part of the request that has it.',
        examples: ['body'],
      }),
    ),
  },
  { $id: 'Fault', additionalProperties: false, description: 'One thing wrong with a request.' },
);

const code = Type.Enum([...PROBLEM_CODES], {
  description: 'The kind of problem: stable, for programs.',
  examples: ['validation-failed'],
});
const status = Type.Integer({ minimum: 400, maximum: 599, description: 'The HTTP status.', examples: [400] });
const title = Type.String({
  description: 'The kind of problem, for people.',
  examples: ['The request breaks a stated rule'],
});

export const Problem = Type.Object(
  {
    type: Type.String({
      format: 'uri-reference',
      description: 'Where the kind of problem is described: here, or registered with IANA.',
      examples: ['/problems/validation-failed'],
    }),
    title,
    status,
    detail: Type.String({
      description: 'What happened this time, and what would be right.',
      examples: ['/limit must be at most 1000'],
    }),
    instance: Type.String({
      description: 'The path that was asked for.',
      examples: ['/v1/discovery/popular'],
    }),
    code,
    requestId: Type.String({
      description: 'The same as `x-request-id`: give it to whoever looks into the problem.',
      examples: ['0199b2c4-5f0e-7c3a-9a55-2f6f4d1c8a10'],
    }),
    errors: Type.Optional(
      Type.Array(Type.Unsafe<unknown>({ $ref: 'Fault#' }), { description: 'What is wrong, one by one.' }),
    ),
    blockers: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Of `phase-not-reachable`: what stands in the way, and what to do about it.',
        examples: [['no backfill has finished since the writes are marked: run a backfill']],
      }),
    ),
    'violated-policies': Type.Optional(
      Type.Array(Type.String(), {
        description: 'Of `quota-exceeded` and `temporary-reduced-capacity`: the policies that deny, by name.',
        examples: [['hourly']],
      }),
    ),
  },
  { $id: 'Problem', additionalProperties: false, description: 'Why a call failed (RFC 9457).' },
);

export const ProblemKindSchema = Type.Object(
  {
    code,
    type: Type.String({ description: 'Its address.', examples: ['/problems/program-not-found'] }),
    status,
    title,
    description: Type.String({
      description: 'When it is answered and what helps.',
      examples: ['No program has this id.'],
    }),
  },
  { $id: 'ProblemKind', additionalProperties: false, description: 'A kind of problem.' },
);

export const ProblemKinds = Type.Object(
  {
    items: Type.Array(Type.Unsafe<unknown>({ $ref: 'ProblemKind#' }), {
      description: 'Each kind of problem.',
    }),
  },
  { $id: 'ProblemKinds', additionalProperties: false, description: 'Every kind of problem.' },
);

export const problemParams = Type.Object(
  {
    code: Type.String({
      maxLength: 100,
      description: 'The code of a problem.',
      examples: ['program-not-found'],
    }),
  },
  { additionalProperties: false },
);
