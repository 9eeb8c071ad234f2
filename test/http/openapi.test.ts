import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROBLEM_CODES } from '../../src/http/problem-kinds.ts';
import { CHECKED_AS } from '../../src/http/schemas/shared.ts';
import type { TestServer } from '../support/http.ts';
import { aServer } from '../support/http.ts';

interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly $ref?: string;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly default?: unknown;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly description?: string;
  readonly example?: unknown;
  readonly schema: Schema;
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: object }>>;
}

interface Document {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>>; readonly examples: object };
}

let http: TestServer;
let document: Document;
let operations: readonly (readonly [name: string, operation: Operation])[];
beforeAll(async () => {
  http = await aServer();
  document = http.server.swagger() as unknown as Document;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
    ),
  );
});
afterAll(() => http.dispose());

/** The calls of the contract that exist; those that come later are not in the document. */
const CONTRACT = [
  'GET /',
  'GET /health/live',
  'GET /health/ready',
  'GET /metrics',
  'GET /openapi.json',
  'GET /openapi.yaml',
  'GET /problems',
  'GET /problems/{code}',
  'POST /v1/programs',
  'GET /v1/programs',
  'GET /v1/programs/{programId}',
  'PUT /v1/programs/{programId}',
  'PATCH /v1/programs/{programId}',
  'DELETE /v1/programs/{programId}',
  'POST /v1/programs/batch-get',
  'POST /v1/programs/import',
  'GET /v1/programs/export',
  'GET /v1/discovery/popular',
  'GET /v1/discovery/trending',
  'GET /v1/discovery/trending/categories',
  'GET /v1/discovery/new',
  'GET /v1/discovery/categories',
  'POST /v1/programs/{programId}/views',
  'POST /v1/views/batch',
  'GET /v1/users/{userId}/recently-viewed',
  'DELETE /v1/users/{userId}/recently-viewed',
  'DELETE /v1/users/{userId}/recently-viewed/{programId}',
  'PUT /v1/search/documents/{contentId}',
  'GET /v1/search/documents/{contentId}',
  'DELETE /v1/search/documents/{contentId}',
  'POST /v1/search/documents/batch',
  'GET /v1/search/documents',
  'GET /v1/search',
  'GET /v1/search/suggest',
  'POST /v1/rate-limits/check',
  'POST /v1/rate-limits/check-batch',
  'GET /v1/migration',
  'GET /v1/migration/{dataSet}',
  'PUT /v1/migration/{dataSet}/phase',
  'GET /v1/migration/{dataSet}/history',
  'GET /v1/migration/{dataSet}/differences',
  'GET /v1/migration/{dataSet}/parked',
  'POST /v1/migration/{dataSet}/backfill',
  'POST /v1/migration/{dataSet}/verify',
  'POST /v1/migration/{dataSet}/repair',
  'GET /v1/migration/jobs',
  'GET /v1/migration/jobs/{jobId}',
  'PATCH /v1/migration/jobs/{jobId}',
  'DELETE /v1/migration/jobs/{jobId}',
  'GET /v1/rate-limits/{key}',
  'DELETE /v1/rate-limits/{key}',
];

/** Every field below a schema that is written out there, with its place. */
function fieldsOf(schema: Schema, where: string): (readonly [where: string, field: Schema])[] {
  return Object.entries(schema.properties ?? {})
    .filter(([, { $ref }]) => $ref === undefined)
    .flatMap(([name, field]) => {
      const here = `${where}.${name}`;
      return [[here, field] as const, ...fieldsOf(field.items ?? field, here)];
    });
}

function isLeaf({ properties, items = {} }: Schema): boolean {
  const inner = [items.$ref, items.properties, items.anyOf];
  return properties === undefined && inner.every((part) => part === undefined);
}

function expectWhole(where: string, { schema, description, example, required, in: part }: Parameter): void {
  expect(description, where).toBeTruthy();
  expect(required ? example : schema.examples?.[0], where).toBeDefined();
  if (schema.default !== undefined) expect(required, where).toBe(false);
  if (part === 'header' || schema.type === 'boolean') return;
  const bounds = [schema.maximum, schema.maxLength, schema.enum, schema.pattern];
  expect(
    bounds.some((bound) => bound !== undefined),
    `${where} is bounded`,
  ).toBe(true);
}

describe('the OpenAPI document', () => {
  it('is valid', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mediamesh-openapi-'));
    const file = join(folder, 'openapi.json');
    await writeFile(file, JSON.stringify(document));
    const lint = promisify(execFile)(
      'node_modules/.bin/redocly',
      ['lint', '--config', 'test/http/redocly.yaml', file],
      {
        env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
      },
    );
    const { stderr } = await lint.catch((error: { stdout: string; stderr: string }) => {
      throw new Error(`redocly found faults:\n${error.stdout}\n${error.stderr}`, { cause: error });
    });
    expect(stderr).toContain('is valid');
    await rm(folder, { recursive: true });
  }, 60_000);

  it('has schemas that are right by the schema of schemas, which the service does not look at', () => {
    const ajv = new Ajv2020({ strict: false });
    const ofParameters = operations.flatMap(([, { parameters = [] }]) =>
      parameters.map(({ schema }) => schema),
    );
    const all = [...Object.values(document.components.schemas), ...CHECKED_AS.values(), ...ofParameters];
    for (const schema of all) expect(ajv.validateSchema(schema), JSON.stringify(ajv.errors)).toBe(true);
    expect(ajv.validateSchema({ type: 'nothing' })).toBe(false);
  });

  it('is OpenAPI 3.1 and has every call of the contract, and no other', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(operations.map(([name]) => name).sort()).toEqual([...CONTRACT].sort());
  });

  it('names and explains every call', () => {
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = new Set(document.tags.map(({ name }) => name));
    for (const [name, operation] of operations) {
      expect(operation.operationId, name).toMatch(/^[a-z][A-Za-z]+$/);
      expect(operation.summary, name).toBeTruthy();
      expect(operation.description, name).toBeTruthy();
      expect(
        operation.tags.every((tag) => tags.has(tag)),
        name,
      ).toBe(true);
    }
  });

  it('bounds, explains and shows every parameter, and asks for none that has a default', () => {
    for (const [name, { parameters = [] }] of operations) {
      for (const parameter of parameters) expectWhole(`${name} ${parameter.name}`, parameter);
    }
  });

  it('explains and shows every field', () => {
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      expect(schema.description, name).toBeTruthy();
      for (const [where, field] of fieldsOf(schema, name)) {
        expect(field.description, where).toBeTruthy();
        if (isLeaf(field)) expect(field.examples ?? field.items?.examples, `${where} is shown`).toBeDefined();
      }
    }
  });

  it('declares problems for every call, and only known ones', () => {
    for (const [name, { responses }] of operations) {
      for (const status of [400, 408, 431, 500]) expect(responses[status], `${name} ${status}`).toBeDefined();
      if (name.includes('/v1/')) expect(responses[503], name).toBeDefined();
    }
    const shown = Object.keys(document.components.examples);
    expect(shown.every((code) => (PROBLEM_CODES as readonly string[]).includes(code))).toBe(true);
  });
});
