import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Ids } from '../../ports/ids.ts';
import { HttpProblem } from '../problems.ts';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** The caller's `x-request-id` when it is safe to write into logs and headers, else a new one. */
export function requestIds(ids: Ids): (request: IncomingMessage) => string {
  return (request) => {
    const given = request.headers['x-request-id'];
    return typeof given === 'string' && REQUEST_ID.test(given) ? given : ids.next();
  };
}

/** Whether the service is shutting down: answers then ask clients to come back over a new connection. */
export interface Draining {
  begin(): void;
  begun(): boolean;
}

export function createDraining(): Draining {
  let draining = false;
  return {
    begin() {
      draining = true;
    },
    begun: () => draining,
  };
}

/**
 * Headers of every answer. An API answers data: no page may frame it, run it or guess another type for it. (The pages
 * under /docs set their own policy.)
 */
export function headAnswers(server: FastifyInstance, draining: Draining): void {
  server.addHook('onRequest', (request, reply, done) => {
    reply
      .header('x-request-id', request.id)
      .header('x-content-type-options', 'nosniff')
      .header('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
    const { headers } = request.raw;
    if (headers.host === undefined) done(missingHost(request));
    else {
      // Nobody reads the body of a GET: with the connection, it goes away.
      if (hasBody(headers) && isBodyless(request.method)) reply.header('connection', 'close');
      done();
    }
  });
  // A connection that is kept alive over the end of a service makes its shutdown wait, and its next request fail.
  server.addHook('preClose', (done) => {
    draining.begin();
    done();
  });
  server.addHook('onSend', (_request, reply, _payload, done) => {
    if (draining.begun()) reply.header('connection', 'close');
    done();
  });
}

function missingHost(request: FastifyRequest): HttpProblem | undefined {
  if (request.raw.httpVersion === '1.0') return undefined;
  return new HttpProblem('malformed-request', 'HTTP/1.1 requests need a Host header');
}

function hasBody(headers: IncomingMessage['headers']): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function isBodyless(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}
