import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../problems.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is read as a stream, which has an idle time-out of its own. */
    streamed?: boolean;
  }

  interface FastifyInstance {
    /** How long a body may take; the rest of a refused one too, before the connection is cut. Milliseconds. */
    bodyTimeoutMs: number;
  }
}

const BODY_METHODS: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * Ends requests whose body does not arrive in time with a 408.
 *
 * Node's own `requestTimeout` holds for the whole server and would cut an import off, so it is 0 and this stands in.
 */
export function limitSlowBodies(server: FastifyInstance, timeoutMs: number): void {
  server.decorate('bodyTimeoutMs', timeoutMs);
  server.addHook('onRoute', (route) => {
    const methods = [route.method].flat();
    if (route.config?.streamed === true || !methods.some((method) => BODY_METHODS.has(method))) return;
    route.preParsing = (request, reply, payload, done) => {
      const timer = setTimeout(() => {
        void reply
          .header('connection', 'close')
          .send(new HttpProblem('request-timeout', `the body did not arrive within ${timeoutMs} ms`));
      }, timeoutMs);
      const forget = (): void => clearTimeout(timer);
      request.raw.once('end', forget).once('close', forget);
      done(null, payload);
    };
  });
}

/**
 * Reads and drops what is left of a body that was refused, so that the answer reaches a client that is still sending: a
 * socket closed with unread bytes in it is reset, and the answer may be lost with it. Gives up after `timeoutMs`.
 */
export function discardRest(message: IncomingMessage, timeoutMs: number): void {
  if (message.complete || message.destroyed) return;
  const timer = setTimeout(() => message.destroy(), timeoutMs);
  timer.unref();
  message.once('close', () => clearTimeout(timer));
  message.resume();
}
