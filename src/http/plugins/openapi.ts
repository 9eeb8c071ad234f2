import { fastifySwagger } from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import type { ProblemCode } from '../problem-kinds.ts';
import { PROBLEMS } from '../problem-kinds.ts';
import { problemBody } from '../problems.ts';
import { TAGS } from '../schemas/common.ts';
import { OPTIONAL_BODIES, SHARED_SCHEMAS } from '../schemas/shared.ts';

interface SchemaObject {
  readonly default?: unknown;
  examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SchemaObject>>;
  required?: string[];
}

interface Parameter {
  required?: boolean;
  example?: unknown;
  readonly schema?: SchemaObject;
}

interface ProblemContent {
  readonly schema: { readonly allOf: readonly [unknown, { properties: { code: { enum: ProblemCode[] } } }] };
  examples?: unknown;
}

interface Response {
  readonly content?: { readonly 'application/problem+json'?: ProblemContent };
}

interface RequestBody {
  required: boolean;
  readonly content: Readonly<Record<string, { readonly schema?: { readonly $ref?: string } }>>;
}

interface Operation {
  readonly requestBody?: RequestBody;
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, Response>>;
}

interface Document {
  readonly components: { readonly schemas: Readonly<Record<string, SchemaObject>>; examples?: unknown };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const DESCRIPTION = `Serves what a media platform asks for most: a program by its id, what is popular and trending, what a viewer saw, search, and rate-limit decisions.

Failing answers are \`application/problem+json\` (RFC 9457) with a stable \`code\`; \`/problems\` lists them all. Lists are paged by an opaque \`cursor\`. A number over its stated maximum is refused, never cut down, and unknown fields and parameters are refused by name.

Reads of programs and lists come from memory for up to a second: a write through this instance is seen at once, a write through another one within a second. Trends follow views within a second.`;

const TAG_DESCRIPTIONS: Readonly<Record<keyof typeof TAGS, string>> = {
  programs: 'The catalogue: the source of truth for programs.',
  discovery: 'The lists that viewers browse.',
  views: 'What viewers do, and what they did last.',
  search: 'Full text, suggestions, and documents that are no programs.',
  rateLimits: 'Rate limits as a service.',
  migration: 'Moving reads to copies of the catalogue: where it stands, and its steps.',
  operations: 'Health, and what this service is.',
};

/** Makes the OpenAPI document of all calls that are added after it. */
export async function describeCalls(server: FastifyInstance, version: string): Promise<void> {
  await server.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'MediaMesh',
        version,
        description: DESCRIPTION,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'This instance.' }],
      tags: tags(),
      // Every call is public until authentication is configured.
      security: [],
    },
    convertConstToEnum: false,
    refResolver: { buildLocalReference: (json) => String(json.$id) },
    transformObject: (document) => {
      if (!('openapiObject' in document)) return document.swaggerObject;
      finish(document.openapiObject as unknown as Document);
      return document.openapiObject;
    },
  });
  for (const schema of SHARED_SCHEMAS) server.addSchema(schema);
}

function tags() {
  return Object.entries(TAGS).map(([key, name]) => ({
    name,
    description: TAG_DESCRIPTIONS[key as keyof typeof TAGS],
  }));
}

function finish({ components, paths }: Document): void {
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  for (const operation of operations) relaxParameters(operation);
  const codes = new Set(operations.flatMap(exemplify));
  components.examples = Object.fromEntries([...codes].map((code) => [code, problemExample(code)]));
  for (const schema of Object.values(components.schemas)) relaxFields(schema);
}

// A value with a default is always there for the service, and never required of the client.
function relaxParameters({ parameters = [], requestBody }: Operation): void {
  if (requestBody !== undefined) requestBody.required = !Object.values(requestBody.content).some(isOptional);
  for (const parameter of parameters) {
    if (parameter.schema?.default !== undefined) parameter.required = false;
    if (parameter.required !== true) showInSchema(parameter);
  }
}

function isOptional({ schema }: { readonly schema?: { readonly $ref?: string } }): boolean {
  return OPTIONAL_BODIES.has(schema?.$ref?.split('/').at(-1) ?? '');
}

// Swagger UI fills a form with the `example` of each parameter: with every optional one filled in, cursors and preconditions
// included, the first try would always be refused. Examples in the schema are shown and not filled in.
function showInSchema(parameter: Parameter): void {
  if (parameter.schema === undefined || parameter.example === undefined) return;
  parameter.schema.examples = [parameter.example];
  delete parameter.example;
}

function relaxFields(schema: SchemaObject): void {
  const required = schema.required?.filter((name) => schema.properties?.[name]?.default === undefined);
  if (required !== undefined) schema.required = required;
}

/**
 * Shows what each problem of a call looks like; answers the codes shown. Written out in each call, the examples would be
 * half of the document.
 */
function exemplify({ responses }: Operation): readonly ProblemCode[] {
  return Object.values(responses).flatMap(({ content }) => {
    const problem = content?.['application/problem+json'];
    if (problem === undefined) return [];
    const codes = problem.schema.allOf[1].properties.code.enum;
    problem.examples = Object.fromEntries(
      codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
    );
    return codes;
  });
}

function problemExample(code: ProblemCode) {
  const { title, description: detail } = PROBLEMS[code];
  const url = '/v1/programs/blade-runner-1982';
  return { summary: title, value: problemBody(code, { detail, url, requestId: 'checkout-7f3a' }) };
}
