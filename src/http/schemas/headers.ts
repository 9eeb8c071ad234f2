import type { TSchema } from 'typebox';
import { Type } from 'typebox';

const header = (description: string, example: string) =>
  Type.Optional(Type.String({ description, examples: [example] }));

const ifMatch = {
  'if-match': header('Go on only if what is stored has one of these tags, or exists (`*`).', '"v3"'),
};

function headers(properties: Record<string, TSchema>) {
  return Type.Object({
    ...properties,
    'x-request-id': Type.Optional(
      Type.String({
        maxLength: 128,
        description:
          'Names the request in answers and logs; made when absent or not of `[A-Za-z0-9._-]`, 1 to 128.',
        examples: ['checkout-7f3a'],
      }),
    ),
  });
}

export const readHeaders = headers({
  ...ifMatch,
  'if-none-match': header('Answer 304 without a body if the tag is still this one.', '"v3"'),
});

export const writeHeaders = headers(ifMatch);

export const putHeaders = headers({
  ...ifMatch,
  'if-none-match': header('`*`: create only.', '*'),
});

export const createHeaders = headers({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      pattern: '^[\\x21-\\x7e]+$',
      description:
        'Names the request for 24 hours: sent again with the same body, it gets the same answer; with another body, a 422.',
      examples: ['8e03978e-40d5-43dd-bc93-6894a57f9324'],
    }),
  ),
});
