import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, PhaseNotReachable, ValidationFailed } from '../../domain/errors.ts';
import type { ProblemCode } from '../problem-kinds.ts';
import { problemKind } from '../problem-kinds.ts';
import type { RequestFault } from '../problems.ts';
import { HttpProblem, problemBody } from '../problems.ts';
import type { Refusal } from '../rate-limit/refusal.ts';
import { isGone } from './call.ts';
import { discardRest } from './slow-bodies.ts';
import { traceFields } from './trace.ts';

export type Logger = Pick<FastifyBaseLogger, 'error' | 'warn' | 'info' | 'debug'>;

/** What Fastify raises by itself, as a problem; `detail` is ours, so that nothing internal shows. */
const FASTIFY_PROBLEMS: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  FST_ERR_BAD_URL: ['malformed-url', 'the path is not valid percent-encoded UTF-8'],
  FST_ERR_MAX_PARAM_LENGTH: ['malformed-url', 'a part of the path is too long'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported-media-type',
    'the call does not take a body of this Content-Type',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['malformed-request', 'Content-Length is not the length of the body'],
};

const MAX_DETAIL = 2000;

/** Answers every error of a handler, hook or parser as a problem. */
export function answerProblems(server: FastifyInstance, log: Logger | undefined): void {
  server.setErrorHandler((error: Error, request, reply) => {
    const problem = toProblem(error, request);
    if (!isGone(request)) report(log, problem, error, request);
    sendProblem(problem, request, reply);
  });
}

/** Sends a problem. */
export function sendProblem(problem: HttpProblem, request: FastifyRequest, reply: FastifyReply): void {
  const { status, retryAfter } = problemKind(problem.code);
  const body = problemBody(problem.code, {
    detail: problem.message.slice(0, MAX_DETAIL).toWellFormed(),
    url: request.originalUrl,
    requestId: request.id,
    faults: problem.faults,
    blockers: problem.blockers,
    violatedPolicies: problem.violatedPolicies,
  });
  // A refused body goes on coming: read over, it does not cost the client its answer or its connection.
  // Removing a header that was never set would keep Node from writing its own.
  if (problem.code !== 'request-timeout' && reply.hasHeader('connection')) reply.removeHeader('connection');
  discardRest(request.raw, request.server.bodyTimeoutMs);
  for (const name of ['etag', 'location', 'content-encoding', 'x-mediamesh-source']) reply.removeHeader(name);
  void reply
    .code(status)
    .headers({
      'cache-control': 'no-store',
      'x-request-id': request.id,
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
      ...problem.headers,
      'content-type': 'application/problem+json; charset=utf-8',
    })
    .send(JSON.stringify(body));
}

/** Answers a request that a limit refuses. */
export function refuseByLimit(refusal: Refusal, request: FastifyRequest, reply: FastifyReply): void {
  const { status, detail, violatedPolicies, retryAfter } = refusal;
  const headers = { 'retry-after': String(retryAfter) };
  const code = status === 429 ? 'quota-exceeded' : 'temporary-reduced-capacity';
  sendProblem(new HttpProblem(code, detail, { headers, violatedPolicies }), request, reply);
}

/** Any error as a problem; what is not known is a fault of the service and says nothing of itself. */
function toProblem(error: Error, request: FastifyRequest): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof DomainError) return domainProblem(error);
  const { code = '' } = error as FastifyError;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const message = `the body must be at most ${request.routeOptions.bodyLimit} bytes`;
    return new HttpProblem('body-too-large', message, { cause: error });
  }
  const known = FASTIFY_PROBLEMS[code];
  if (known !== undefined) return new HttpProblem(known[0], known[1], { cause: error });
  return new HttpProblem('internal-error', 'the fault is logged under the request id', { cause: error });
}

function domainProblem(error: DomainError): HttpProblem {
  if (error instanceof ValidationFailed) {
    const faults = error.faults.map((fault): RequestFault => ({ ...fault, in: 'body' }));
    return new HttpProblem(error.code, error.message, { cause: error, faults });
  }
  if (error instanceof PhaseNotReachable) {
    return new HttpProblem(error.code, error.message, { cause: error, blockers: error.blockers });
  }
  // Which store it was is nobody's business outside; the log has it.
  const isStore = error.code.startsWith('store-');
  return new HttpProblem(error.code, isStore ? problemKind(error.code).description : error.message, {
    cause: error,
  });
}

function report(log: Logger | undefined, problem: HttpProblem, error: Error, request: FastifyRequest): void {
  if (log === undefined) return;
  const fields = { ...requestFields(request), code: problem.code };
  if (problemKind(problem.code).status >= 500) log.error({ ...fields, err: error }, 'a request failed');
  else log.debug({ ...fields, detail: problem.message }, 'a request was refused');
}

/** What names a request in the log. */
export function requestFields(request: FastifyRequest): Readonly<Record<string, string>> {
  return {
    requestId: request.id,
    method: request.method,
    route: request.routeOptions.url ?? '(none)',
    ...traceFields(request.headers),
  };
}
