import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { exportLines } from '../export-lines.ts';
import { importLines } from '../import-lines.ts';
import { contentEncoding, takeLineBodies } from '../plugins/body-parser.ts';
import { requestFields } from '../plugins/problem-handler.ts';
import { ref, TAGS } from '../schemas/common.ts';
import { responses, WITH_STORE } from '../schemas/respond.ts';
import type { HttpServer, RouteDeps } from './deps.ts';

const NDJSON = 'application/x-ndjson';
const tags = [TAGS.programs];

/** Adds the calls that move the whole catalogue, as streams of any length. */
export async function addImportExport(server: HttpServer, deps: RouteDeps): Promise<void> {
  addExport(server, deps);
  // Only the import takes NDJSON, and it takes nothing else.
  await server.register(async (importing: HttpServer) => {
    takeLineBodies(importing);
    addImport(importing, deps);
  });
}

function addImport(server: HttpServer, deps: RouteDeps): void {
  const { options } = deps;
  const schema = {
    operationId: 'importPrograms',
    summary: 'Import programs',
    description: `One program a line, as export writes them; plain, or gzip with \`Content-Encoding: gzip\`. Any length. Each line creates or replaces a program; a bad line is reported with its number and the rest goes in. A line has at most ${options.importLineBytes} bytes. Doing it again changes nothing, so a broken import is simply sent again. A pause of more than ${options.importIdleMs / 1000} seconds ends it.`,
    tags,
    consumes: [NDJSON],
    body: ref('ProgramLines'),
    response: responses(
      {
        200: { description: 'The end was reached.', schema: ref('ImportResult'), headers: ['cache-control'] },
      },
      ...([...WITH_STORE, 'broken-body', 'unsupported-media-type'] as const),
    ),
  };
  server.post(
    '/v1/programs/import',
    { schema, config: { deadlineMs: 0, streamed: true } },
    async (request, reply) => {
      const gzip = contentEncoding(request) === 'gzip';
      const log = (fields: object, message: string) =>
        deps.log?.info({ ...requestFields(request), ...fields }, message);
      const result = await importLines(
        deps.app.imports,
        request.raw,
        { ...options, gzip, log },
        request.call,
      );
      reply.header('cache-control', 'no-store');
      return result;
    },
  );
}

function addExport(server: HttpServer, deps: RouteDeps): void {
  const schema = {
    operationId: 'exportPrograms',
    summary: 'Export all programs',
    description:
      'One program a line, by id, as import reads them; gzip when `Accept-Encoding` asks for it. A program written meanwhile appears as it is when its turn comes. An answer that breaks off is cut without its last chunk: clients see an error.',
    tags,
    response: responses(
      {
        200: {
          description: 'Every program.',
          schema: ref('ProgramLines'),
          mediaType: NDJSON,
          headers: ['cache-control', 'x-mediamesh-source'],
        },
      },
      ...WITH_STORE,
    ),
  };
  // Fastify's own HEAD route would read the whole catalogue to count its bytes.
  server.head('/v1/programs/export', (request, reply) => {
    void exportHeaders(reply, acceptsGzip(request)).send();
  });
  server.get('/v1/programs/export', { schema, config: { deadlineMs: 0 } }, (request, reply) =>
    sendLines(deps, request, reply),
  );
}

function exportHeaders(reply: FastifyReply, gzip: boolean): FastifyReply {
  return reply.headers({
    'content-type': `${NDJSON}; charset=utf-8`,
    'cache-control': 'no-store',
    vary: 'accept-encoding',
    'x-mediamesh-source': 'catalog',
    ...(gzip && { 'content-encoding': 'gzip' }),
  });
}

async function sendLines(
  deps: RouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const gzip = acceptsGzip(request);
  const chunks = exportLines(deps.app.programs.exportAll(request.call));
  // The first chunk is asked for before anything is sent: a store that is not there is a 503, not a broken stream.
  const first = await chunks.next();
  const lines = Readable.from(rest(first, chunks), { objectMode: false });
  lines.once('error', (error) => {
    if (!request.call.signal.aborted)
      deps.log?.error({ ...requestFields(request), err: error }, 'an export broke off');
  });
  exportHeaders(reply, gzip);
  if (!gzip) return reply.send(lines);
  const compressed = createGzip();
  lines.once('error', (error) => compressed.destroy(error));
  compressed.once('close', () => lines.destroy());
  return reply.send(lines.pipe(compressed));
}

async function* rest(
  first: IteratorResult<Buffer, void>,
  chunks: AsyncGenerator<Buffer, void, void>,
): AsyncGenerator<Buffer, void, void> {
  try {
    if (first.done !== true) yield first.value;
    yield* chunks;
  } finally {
    await chunks.return();
  }
}

/** Whether gzip is accepted, by name and not with a weight of 0 (RFC 9110, section 12.5.3). */
function acceptsGzip(request: FastifyRequest): boolean {
  const given = String(request.headers['accept-encoding'] ?? '');
  return /(?:^|,)\s*gzip\s*(?:$|,|;\s*q=(?:1|0\.0*[1-9]))/i.test(given);
}
