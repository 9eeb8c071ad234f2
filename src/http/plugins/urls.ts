import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HttpProblem } from '../problems.ts';

/** Requests whose address the router could not read, and why. */
const unreadable = new WeakMap<IncomingMessage, Error>();

/** No call is there, and the router can read it. */
const NOWHERE = '/unreadable';

/**
 * Takes up a request that the router gave up, which no hook has seen: sends it on as one to an address that is not there, so that it is
 * counted and headed as all others are, and {@link checkUrls} refuses it.
 */
export function routeUnreadable(
  server: FastifyInstance,
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { raw } = request;
  unreadable.set(raw, error);
  Object.assign(raw, { originalUrl: raw.url, url: NOWHERE });
  server.routing(raw, reply.raw);
}

/**
 * Refuses queries that are not valid percent-encoded UTF-8: the router would hand their text on undecoded. And what comes by
 * {@link routeUnreadable}.
 */
export function checkUrls(server: FastifyInstance): void {
  server.addHook('onRequest', (request, _reply, done) => {
    const url = request.url;
    const query = url.indexOf('?');
    const isReadable = query === -1 || !url.includes('%', query) || isDecodable(url.slice(query));
    if (isReadable) done(unreadable.get(request.raw));
    else done(new HttpProblem('malformed-url', 'the query is not valid percent-encoded UTF-8'));
  });
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
