import type { ValidateFunction } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { languageFault } from '../../src/domain/program/check-values.ts';

/** An answer, from wherever it came. Header names are in lower case. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Says how an answer differs from what the OpenAPI document promises of the call; nothing when it keeps to it. */
export type Conformance = (method: string, url: string, answer: Answered) => readonly string[];

interface ResponseObject {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, unknown>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, ResponseObject>>;
}

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** Answers that belong to no call: unknown addresses, other methods, and requests that never got as far. */
const CALL_FREE = new Set(['not-found', 'method-not-allowed', 'malformed-request', 'malformed-url']);

export function createConformance(document: OpenApiDocument): Conformance {
  const validate = validatorOf(document);
  const templates = Object.keys(document.paths).map((path) => ({ path, pattern: patternOf(path) }));
  return (method, url, answer) => {
    const problem = answer.status >= 400 ? problemFaults(validate, answer) : [];
    const pathname = url.split('?', 1)[0] ?? '';
    const found = templates.filter(({ pattern }) => pattern.test(pathname)).sort(bySpecificity)[0];
    const key = (method === 'HEAD' ? 'get' : method).toLowerCase();
    const operation = found === undefined ? undefined : document.paths[found.path]?.[key];
    if (found === undefined || operation === undefined) {
      return [...problem, ...(isCallFree(method, answer) ? [] : [`${method} ${url} is not in the document`])];
    }
    const pointer = `/paths/${escaped(found.path)}/${key}/responses/${answer.status}`;
    const response = operation.responses[answer.status];
    if (response === undefined)
      return [...problem, `${method} ${url}: status ${answer.status} is not declared`];
    return [
      ...problem,
      ...headerFaults(validate, pointer, response, answer),
      ...bodyFaults(validate, pointer, response, method, answer),
    ];
  };
}

function isCallFree(method: string, { status, body }: Answered): boolean {
  if (method === 'OPTIONS' && status === 204) return true;
  return status >= 400 && (body === '' || CALL_FREE.has((JSON.parse(body) as { code: string }).code));
}

type Validator = (pointer: string, value: unknown) => readonly string[];

/** By the text of a document. Servers of one process have the same few, and reading one takes as long as many calls. */
const validators = new Map<string, Validator>();

function validatorOf(document: OpenApiDocument): Validator {
  const text = JSON.stringify(document);
  const validator = validators.get(text) ?? createValidator(document);
  validators.set(text, validator);
  return validator;
}

function createValidator(document: OpenApiDocument): Validator {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addFormat('language', (value: string) => languageFault(value) === undefined);
  ajv.addSchema(document, 'openapi');
  const compiled = new Map<string, ValidateFunction>();
  return (pointer, value) => {
    const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `openapi#${encodeURI(pointer)}` });
    compiled.set(pointer, validate);
    validate(value);
    return (validate.errors ?? []).map(
      ({ instancePath, message }) => `${pointer}: ${instancePath} ${message}`,
    );
  };
}

function problemFaults(validate: Validator, { status, headers, body }: Answered): readonly string[] {
  if (body === '') return [];
  const type = String(headers['content-type']);
  if (status === 503 && type.startsWith('application/json')) return []; // readiness
  const faults = type.startsWith('application/problem+json') ? [] : [`content-type ${type} is not a problem`];
  const problem = JSON.parse(body) as { status: number; requestId: string };
  if (problem.status !== status) faults.push(`problem says ${problem.status}, the answer ${status}`);
  if (problem.requestId !== headers['x-request-id']) faults.push('requestId is not x-request-id');
  if (headers['cache-control'] !== 'no-store') faults.push('a problem must not be stored');
  return [...faults, ...validate('/components/schemas/Problem', problem)];
}

function headerFaults(
  validate: Validator,
  pointer: string,
  { headers = {} }: ResponseObject,
  answer: Answered,
): readonly string[] {
  // A server has limits when it is told them.
  const optional = new Set(['idempotent-replayed', 'retry-after', 'ratelimit-policy', 'ratelimit']);
  return Object.keys(headers).flatMap((name) => {
    const value = answer.headers[name];
    if (value === undefined) return optional.has(name) ? [] : [`header ${name} is declared and missing`];
    return validate(`${pointer}/headers/${escaped(name)}/schema`, String(value));
  });
}

function bodyFaults(
  validate: Validator,
  pointer: string,
  { content }: ResponseObject,
  method: string,
  { headers, body }: Answered,
): readonly string[] {
  if (content === undefined) return body === '' ? [] : ['a body where none is declared'];
  if (method === 'HEAD') return body === '' ? [] : ['HEAD has a body'];
  const mediaType = String(headers['content-type']).split(';', 1)[0] ?? '';
  if (content[mediaType] === undefined) return [`content-type ${mediaType} is not declared`];
  const value: unknown =
    mediaType.endsWith('json') && !mediaType.endsWith('ndjson') ? JSON.parse(body) : body;
  return validate(`${pointer}/content/${escaped(mediaType)}/schema`, value);
}

function patternOf(path: string): RegExp {
  const parts = path.split('/').map((part) => (part.startsWith('{') ? '[^/]*' : part.replaceAll('.', '\\.')));
  return new RegExp(`^${parts.join('/')}$`);
}

/** A path without parameters goes before one with: `/v1/programs/export` is no program. */
function bySpecificity(a: { path: string }, b: { path: string }): number {
  return a.path.split('{').length - b.path.split('{').length;
}

function escaped(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}
