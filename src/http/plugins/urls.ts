import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../problems.ts';

/**
 * Refuses queries that are not valid percent-encoded UTF-8: the router would hand their text on undecoded. (It refuses
 * such paths by itself.)
 */
export function checkUrls(server: FastifyInstance): void {
  server.addHook('onRequest', (request, _reply, done) => {
    const url = request.url;
    const query = url.indexOf('?');
    if (query === -1 || !url.includes('%', query) || isDecodable(url.slice(query))) done();
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
