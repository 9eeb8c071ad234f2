import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { RESERVED_PROGRAM_IDS } from '../../domain/program/program.ts';
import { HttpProblem } from '../problems.ts';
import { sendProblem } from './problem-handler.ts';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Answers what no route takes: 404 for an unknown address; 405 with `Allow` for a known one; OPTIONS with what is
 * allowed. It does so before a body is looked at, since nobody would read it.
 */
export function answerUnknownRoutes(server: FastifyInstance): void {
  const answer = (request: FastifyRequest, reply: FastifyReply): void => {
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = path === '*' ? METHODS : METHODS.filter((method) => takes(server, method, path));
    const allow = [...allowed, 'OPTIONS'].join(', ');
    if (allowed.length === 0) {
      sendProblem(new HttpProblem('not-found', 'no call has this address'), request, reply);
    } else if (request.method === 'OPTIONS') {
      void reply.code(204).header('allow', allow).send();
    } else {
      const message = `${request.method} is not allowed here, ${allow} are`;
      sendProblem(new HttpProblem('method-not-allowed', message, { headers: { allow } }), request, reply);
    }
  };
  server.addHook('onRequest', (request, reply, done) => {
    if (request.is404 || meansAnotherCall(request)) answer(request, reply);
    else done();
  });
  server.setNotFoundHandler(answer);
}

/** Whether an id in the address is none that a program can have: it is the name of a call that takes other methods. */
function meansAnotherCall({ params }: FastifyRequest): boolean {
  const { programId } = params as { readonly programId?: string };
  return programId !== undefined && RESERVED_PROGRAM_IDS.has(programId);
}

function takes(server: FastifyInstance, method: HTTPMethods, path: string): boolean {
  const route = server.findRoute({ method, url: path });
  return route !== null && !RESERVED_PROGRAM_IDS.has(route.params.programId ?? '');
}
