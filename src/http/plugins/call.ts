import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type { Call } from '../../ports/call.ts';
import { HttpProblem } from '../problems.ts';
import type { Sources } from '../sources.ts';
import { createSources } from '../sources.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Goes with every call through a port: aborted at the deadline, and when the client goes away. */
    call: Call;
    /** Where what the call read came from. */
    sources: Sources;
  }

  interface FastifyContextConfig {
    /** The deadline of the call; 0: none, for streams. Default {@link HttpOptions.handlerTimeoutMs}. */
    deadlineMs?: number;
    /** Answered from memory without a promise: it has no deadline of its own, its fills have. */
    hot?: boolean;
  }
}

/**
 * Gives each call under /v1 a deadline and a signal.
 *
 * Fastify's own `handlerTimeout` and `request.signal` are of no use here: the signal follows the `close` of the request
 * stream, which Node (since 16) emits as soon as a body has been read, so a POST would be aborted before it began. The
 * response closes when the client is gone or has its answer.
 */
export function addCalls(server: FastifyInstance, handlerTimeoutMs: number): void {
  server.decorateRequest('call');
  server.decorateRequest('sources');
  server.addHook('onRoute', (route) => {
    const { hot, deadlineMs = handlerTimeoutMs } = route.config ?? {};
    if (route.url.startsWith('/v1/') && hot !== true) route.handler = bounded(route.handler, deadlineMs);
  });
}

function bounded(handler: RouteHandlerMethod, deadlineMs: number): RouteHandlerMethod {
  return function (request, reply) {
    const controller = new AbortController();
    request.sources = createSources();
    const { hear: onSource } = request.sources;
    request.call = { signal: controller.signal, requestId: request.id, onSource };
    const end = endOf(reply, controller, deadlineMs);
    const work = new Promise((resolve) => resolve(handler.call(this, request, reply)));
    return Promise.race([work, end.passed]).finally(end.forget);
  };
}

function endOf(reply: FastifyReply, controller: AbortController, deadlineMs: number) {
  const { promise: passed, reject } = Promise.withResolvers<never>();
  const onClose = (): void => {
    if (!reply.raw.writableFinished) controller.abort(new Error('the client went away'));
  };
  const onDeadline = (): void => {
    const problem = new HttpProblem('handler-timeout', `there was no answer after ${deadlineMs} ms`);
    controller.abort(problem);
    reject(problem);
  };
  const timer = deadlineMs === 0 ? undefined : setTimeout(onDeadline, deadlineMs);
  // A stream goes on after its handler: the listener goes with the response.
  reply.raw.once('close', onClose);
  return { passed, forget: () => clearTimeout(timer) };
}

/** Whether the client is still there to be answered. */
export function isGone(request: FastifyRequest): boolean {
  return request.raw.socket.destroyed;
}
