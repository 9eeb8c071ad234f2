import { fastifyHelmet } from '@fastify/helmet';
import { fastifySwaggerUi } from '@fastify/swagger-ui';
import type { ProblemCode } from '../problem-kinds.ts';
import { PROBLEM_CODES, PROBLEMS, problemType } from '../problem-kinds.ts';
import { HttpProblem } from '../problems.ts';
import { ref, TAGS } from '../schemas/common.ts';
import { problemParams } from '../schemas/problem.ts';
import { responses } from '../schemas/respond.ts';
import type { HttpServer, RouteDeps } from './deps.ts';

const tags = [TAGS.operations];
const CACHE_CONTROL = 'public, max-age=60';
/**
 * Content security policy of the pages: their own files and no others. Swagger UI writes style attributes, hence the inline
 * styles. The package's own policy has `upgrade-insecure-requests`, which breaks plain http.
 */
const PAGE_POLICY =
  "default-src 'self'; base-uri 'self'; frame-ancestors 'self'; img-src 'self' data:; object-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'";
const cached = { headers: ['cache-control'] } as const;

/** Adds what explains the service: the index, the kinds of problems, the OpenAPI document and its pages. */
export async function addDocs(server: HttpServer, { version }: RouteDeps): Promise<void> {
  addIndex(server, version);
  addProblems(server);
  addDocument(server);
  await server.register(async (pages: HttpServer) => {
    // The page has a policy of its own; helmet covers the other headers.
    await pages.register(fastifyHelmet, { contentSecurityPolicy: false, strictTransportSecurity: false });
    await pages.register(fastifySwaggerUi, {
      routePrefix: '/docs',
      staticCSP: PAGE_POLICY,
      uiConfig: { docExpansion: 'list', deepLinking: true },
    });
  });
}

function addIndex(server: HttpServer, version: string): void {
  const schema = {
    operationId: 'getIndex',
    summary: 'Where to go from here',
    description: 'Links to the documentation, health and a first list.',
    tags,
    response: responses({ 200: { ...cached, description: 'Links.', schema: ref('Index') } }),
  };
  const links = {
    docs: '/docs',
    openapi: '/openapi.json',
    problems: '/problems',
    health: '/health/ready',
    metrics: '/metrics',
    popular: '/v1/discovery/popular',
    search: '/v1/search?q=star',
  };
  server.get('/', { schema }, (_request, reply) => {
    void reply.header('cache-control', CACHE_CONTROL).send({ name: 'MediaMesh', version, links });
  });
}

function addProblems(server: HttpServer): void {
  const all = {
    operationId: 'listProblems',
    summary: 'Kinds of problems',
    description: 'Every kind of failing answer, by its stable code.',
    tags,
    response: responses({ 200: { ...cached, description: 'Each kind.', schema: ref('ProblemKinds') } }),
  };
  server.get('/problems', { schema: all }, (_request, reply) => {
    void reply.header('cache-control', CACHE_CONTROL).send({ items: PROBLEM_CODES.map(describe) });
  });
  const one = {
    operationId: 'getProblem',
    summary: 'A kind of problem',
    description: 'The `type` of a failing answer leads here.',
    tags,
    params: problemParams,
    response: responses(
      { 200: { ...cached, description: 'The kind.', schema: ref('ProblemKind') } },
      'not-found',
    ),
  };
  server.get('/problems/:code', { schema: one }, (request, reply) => {
    const code = PROBLEM_CODES.find((known) => known === request.params.code);
    if (code === undefined) throw new HttpProblem('not-found', 'no kind of problem has this code');
    void reply.header('cache-control', CACHE_CONTROL).send(describe(code));
  });
}

function describe(code: ProblemCode) {
  const { status, title, description } = PROBLEMS[code];
  return { code, type: problemType(code), status, title, description };
}

function addDocument(server: HttpServer): void {
  const described = (operationId: string, summary: string, mediaType: string) => ({
    operationId,
    summary,
    description: 'OpenAPI 3.1.',
    tags,
    response: responses({
      200: { ...cached, description: 'The document.', mediaType, schema: { type: ['object', 'string'] } },
    }),
  });
  const json = described('getOpenApiJson', 'This document, as JSON', 'application/json');
  server.get('/openapi.json', { schema: json }, (_request, reply) => {
    void reply.header('cache-control', CACHE_CONTROL).send(server.swagger());
  });
  const yaml = described('getOpenApiYaml', 'This document, as YAML', 'application/yaml');
  server.get('/openapi.yaml', { schema: yaml }, (_request, reply) => {
    void reply
      .header('cache-control', CACHE_CONTROL)
      .type('application/yaml; charset=utf-8')
      .send(server.swagger({ yaml: true }));
  });
}
