import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { FastifySchemaCompiler } from 'fastify';
import { dateFault, languageFault } from '../../domain/program/check-values.ts';
import { pointerPart } from '../json-body.ts';
import type { RequestFault, RequestPart } from '../problems.ts';
import { validationProblem } from '../problems.ts';
import { CHECKED_AS, OPTIONAL_BODIES, SHARED_SCHEMAS } from '../schemas/shared.ts';

interface ObjectSchema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, { readonly type?: string }>>;
}

/** Values are made right where they are: handing a new one to Fastify would have it copy all headers at each look. */
type Outcome = true | { readonly error: Error };

/** A query that makes hundreds of faults is told the first of them. */
const MAX_FAULTS = 20;

/**
 * Checks each part of a request against its schema. Text of paths and queries becomes the number or boolean that the
 * schema asks for; a body is never changed, save that defaults are filled in. Nothing unknown passes.
 *
 * Bodies stop at the first fault: with `allErrors`, a large body full of faults costs far more than it takes to send
 * (CVE-2020-8192). A body that the domain checks by itself is left to it, so that its rules stand in one place.
 */
export function createValidatorCompiler(): FastifySchemaCompiler<ObjectSchema> {
  const texts = createAjv(true);
  const bodies = createAjv(false);
  return ({ schema, httpPart }) => {
    // Headers are read where they are used: their schemas document them.
    if (httpPart === 'headers') return (): Outcome => true;
    if (httpPart === 'body') return bodyValidator(bodies, schema);
    return textValidator(texts, schema, httpPart === 'params' ? 'path' : 'query');
  };
}

/** Says what is wrong with one of many values of a body, by a schema of the HTTP side, or `undefined`. */
export function createItemCheck(schema: object): (value: unknown) => string | undefined {
  const validate = createAjv(false).compile(schema);
  return (value) => {
    if (validate(value)) return undefined;
    const faults = faultsOf(validate, 'body');
    return faults.map(({ path, message }) => `${path || '/'}: ${message}`).join('; ');
  };
}

function bodyValidator(ajv: Ajv2020, schema: ObjectSchema): (value: unknown) => Outcome {
  const compiled = compiledOnUse(ajv, CHECKED_AS.get(schema.$ref ?? '') ?? schema);
  const isOptional = OPTIONAL_BODIES.has(schema.$ref?.replace('#', '') ?? '');
  return (value) => {
    if (value === null) {
      if (isOptional) return true;
      return failed([{ path: '', in: 'body', message: 'must be a JSON object: the call takes a body' }]);
    }
    const validate = compiled();
    return validate(value) || failed(faultsOf(validate, 'body'));
  };
}

function textValidator(ajv: Ajv2020, schema: ObjectSchema, part: RequestPart): (value: unknown) => Outcome {
  const compiled = compiledOnUse(ajv, schema);
  const types = Object.entries(schema.properties ?? {}).map(([name, { type }]) => [name, type] as const);
  return (value) => {
    const values = value as Record<string, unknown>;
    for (const [name, type] of types) {
      const given = values[name];
      if (Array.isArray(given))
        return failed([{ path: `/${name}`, in: part, message: 'must be given once' }]);
      if (typeof given === 'string' && type !== 'string') values[name] = coerced(given, type);
    }
    const validate = compiled();
    return validate(values) || failed(faultsOf(validate, part));
  };
}

/** With the first request of a call: to compile those of all calls would be a sixth of the start. */
function compiledOnUse(ajv: Ajv2020, schema: object): () => ValidateFunction {
  let validate: ValidateFunction | undefined;
  return () => {
    validate ??= ajv.compile(schema);
    return validate;
  };
}

function coerced(text: string, type: string | undefined): unknown {
  if (type === 'integer' && /^-?\d+$/.test(text)) return Number(text);
  if (type === 'number' && /^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function failed(faults: readonly RequestFault[]): Outcome {
  return { error: validationProblem(faults) };
}

function faultsOf(validate: ValidateFunction, part: RequestPart): RequestFault[] {
  const errors = (validate.errors ?? []).slice(0, MAX_FAULTS);
  return errors.map((error) => ({ path: pathOf(error), in: part, message: messageOf(error, part) }));
}

function pathOf({ keyword, instancePath, params }: ErrorObject): string {
  if (keyword === 'additionalProperties') return `${instancePath}/${pointerPart(params.additionalProperty)}`;
  if (keyword === 'required') return `${instancePath}/${pointerPart(params.missingProperty)}`;
  return instancePath;
}

const MESSAGES: Readonly<Record<string, (error: ErrorObject, part: RequestPart) => string>> = {
  additionalProperties: ({ parentSchema }, part) => {
    const known = Object.keys(parentSchema?.properties ?? {});
    const noun = part === 'query' ? 'a parameter of this call' : 'a field here';
    return `is not ${noun}; known: ${known.length > 0 ? known.join(', ') : 'none'}`;
  },
  required: () => 'is required',
  type: ({ params }) => `must be ${params.type === 'integer' ? 'a whole number' : `of type ${params.type}`}`,
  minimum: ({ params }) => `must be at least ${params.limit}`,
  maximum: ({ params }) => `must be at most ${params.limit}`,
  minLength: ({ params }) => `must have at least ${params.limit} characters`,
  maxLength: ({ params }) => `must have at most ${params.limit} characters`,
  minItems: ({ params }) => `must have at least ${params.limit} items`,
  maxItems: ({ params }) => `must have at most ${params.limit} items`,
  uniqueItems: () => 'must not repeat an item',
  enum: ({ params }) => `must be one of ${(params.allowedValues as readonly unknown[]).join(', ')}`,
  pattern: ({ params }) => `must match ${params.pattern}`,
  format: ({ params }) => FORMATS[params.format as string]?.message ?? `must be a ${params.format}`,
  minProperties: ({ params }) => `must have at least ${params.limit} of its fields`,
};

function messageOf(error: ErrorObject, part: RequestPart): string {
  return MESSAGES[error.keyword]?.(error, part) ?? error.message ?? 'is not right';
}

interface Format {
  readonly check: (value: string) => boolean;
  readonly message: string;
}

/** Formats as the domain understands them. */
const FORMATS: Readonly<Record<string, Format>> = {
  date: {
    check: (value) => dateFault(value) === undefined,
    message: 'must be a day that exists, in the form YYYY-MM-DD',
  },
  language: {
    check: (value) => languageFault(value) === undefined,
    message: 'must be a BCP 47 language tag, for example en or pt-BR',
  },
  'date-time': {
    check: (value) => !Number.isNaN(Date.parse(value)),
    message: 'must be an RFC 3339 time, for example 2026-01-31T20:15:00Z',
  },
  uri: { check: (value) => URL.canParse(value), message: 'must be an absolute URL' },
};

/** Does not check our own schemas, which the tests do: to compile the schema of schemas would be a good part of the start. */
function createAjv(allErrors: boolean): Ajv2020 {
  const trusting = { meta: false, validateSchema: false };
  const ajv = new Ajv2020({ ...trusting, strict: false, allErrors, useDefaults: true, verbose: true });
  for (const [name, { check }] of Object.entries(FORMATS)) ajv.addFormat(name, check);
  for (const schema of SHARED_SCHEMAS) ajv.addSchema(schema);
  return ajv;
}
