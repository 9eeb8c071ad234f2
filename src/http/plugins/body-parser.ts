import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseJsonBody } from '../json-body.ts';
import { HttpProblem } from '../problems.ts';

/** Makes these, and only these, the media types of JSON bodies that the calls of a context take. */
export function takeJsonBodies(server: FastifyInstance, mediaTypes: readonly string[]): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser([...mediaTypes], { parseAs: 'buffer' }, (request, body, done) => {
    try {
      checkEncoding(request);
      // Some clients name a type on every request, also where there is no body to have one.
      const absent = body.length === 0 && request.method === 'DELETE';
      done(null, absent ? undefined : parseJsonBody(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** Lets a context take NDJSON as the stream it is. */
export function takeLineBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/x-ndjson', (request, payload, done) => {
    const encoding = contentEncoding(request);
    if (encoding === 'identity' || encoding === 'gzip') done(null, payload);
    else done(unsupportedEncoding('gzip or identity'));
  });
}

/** The `Content-Encoding` of a request in lower case; `identity` when there is none. */
export function contentEncoding(request: FastifyRequest): string {
  return (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
}

function checkEncoding(request: FastifyRequest): void {
  if (contentEncoding(request) !== 'identity') throw unsupportedEncoding('identity');
  const charset = /;\s*charset="?([^";\s]*)/i.exec(request.headers['content-type'] ?? '')?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    throw new HttpProblem('unsupported-media-type', 'the charset must be utf-8: JSON has no other');
  }
}

function unsupportedEncoding(taken: string): HttpProblem {
  return new HttpProblem('unsupported-media-type', `Content-Encoding must be ${taken}`, {
    headers: { 'accept-encoding': taken === 'identity' ? 'identity' : 'gzip, identity' },
  });
}
