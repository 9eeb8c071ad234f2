import { fastify } from 'fastify';

/** A Fastify with one route that sends the bytes it was started with; tells its parent where. */
const bytes = Buffer.from(process.argv[2] ?? '');
const server = fastify();
server.get('/', (_request, reply) => {
  void reply.header('content-type', 'application/json; charset=utf-8').send(bytes);
});
process.once('disconnect', () => process.exit());
process.send?.(await server.listen({ host: '127.0.0.1', port: 0 }));
