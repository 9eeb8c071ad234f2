import { TAGS } from '../schemas/common.ts';
import { uncountedResponses } from '../schemas/respond.ts';
import type { HttpServer, RouteDeps } from './deps.ts';
import { UNCOUNTED } from './deps.ts';

/** Adds what a collector asks for. */
export function addMetrics(server: HttpServer, { measurements }: RouteDeps): void {
  const schema = {
    operationId: 'getMetrics',
    summary: 'Metrics',
    description:
      'In the text format of Prometheus. Each call of a store is in `mediamesh_port_call_duration_seconds`, by port, operation, adapter and outcome.',
    tags: [TAGS.operations],
    response: uncountedResponses({
      200: {
        description: 'What was measured since the process began.',
        mediaType: 'text/plain',
        schema: { type: 'string' },
        headers: ['cache-control'],
      },
    }),
  };
  server.get('/metrics', { schema, ...UNCOUNTED }, async (_request, reply) => {
    const text = await measurements.text();
    return reply.type(measurements.contentType).header('cache-control', 'no-store').send(text);
  });
}
