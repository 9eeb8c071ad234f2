import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Call, ReadSource } from '../ports/call.ts';
import { bytesTag, failsIfMatch, isNotModified } from './etags.ts';
import { HttpProblem } from './problems.ts';
import type { ReadyAnswer, ResponseCache } from './response-cache.ts';
import { createSources } from './sources.ts';

/** What a read answers: a value, and its tag when it has one of its own (a version). */
export interface Made {
  readonly value: unknown;
  readonly etag?: string;
}

export interface HotRead {
  /** Made of checked, normalised parameters: no two answers share one, and clients can not make up more. */
  readonly key: string;
  /** What invalidates it: {@link programGroup} or {@link LISTS}. */
  readonly group: string;
  readonly make: (call: Call) => Promise<Made>;
}

/** Every list that is made of the catalogue: any program's change may change it. */
export const LISTS = 'lists';

export function programGroup(programId: string): string {
  return `program:${programId}`;
}

/** Freshness as promised to clients: that of the memory the answer comes from. */
const HOT_CACHE_CONTROL = 'public, max-age=1';
const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Answers a read from memory when it can, else from the stores. A hit is sent before this returns, without a promise:
 * awaiting costs more than looking it up.
 */
export function sendHot(
  cache: ResponseCache,
  read: HotRead,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const hit = cache.fresh(read.key);
  if (hit !== undefined) {
    sendReady(hit, 'l1', 'l1;dur=0', request, reply);
    return;
  }
  const begun = performance.now();
  cache
    .fill(read.key, read.group, (call) => makeReady(read, { ...call, requestId: request.id }))
    .then((answer) => sendReady(answer, answer.source, timing(answer.source, begun), request, reply))
    .catch((error: unknown) => void reply.send(asError(error)));
}

async function makeReady({ make }: HotRead, call: Call): Promise<ReadyAnswer> {
  const sources = createSources();
  const { value, etag } = await make({ ...call, onSource: sources.hear });
  const body = Buffer.from(JSON.stringify(value));
  return { body, etag: etag ?? bytesTag(body), source: sources.all() };
}

function sendReady(
  { body, etag }: ReadyAnswer,
  source: 'l1' | ReadSource,
  serverTiming: string,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { headers } = request.raw;
  if (failsIfMatch(headers, etag)) {
    throw new HttpProblem('version-conflict', `what is stored has the tag ${etag}`);
  }
  reply
    .header('etag', etag)
    .header('cache-control', HOT_CACHE_CONTROL)
    .header('x-mediamesh-source', source)
    .header('server-timing', serverTiming);
  if (isNotModified(headers, etag)) sendNotModified(request, reply);
  else void reply.header('content-type', JSON_TYPE).send(body);
}

// For a HEAD without a body Fastify would write `content-length: 0`: on a 304 it must be that of the 200, or none (RFC 9110,
// section 8.6).
function sendNotModified({ method }: FastifyRequest, reply: FastifyReply): void {
  reply.code(304);
  if (method !== 'HEAD') void reply.send();
  else
    reply
      .hijack()
      .raw.writeHead(304, reply.getHeaders() as OutgoingHttpHeaders)
      .end();
}

/** Reads that are not kept here: what a cache on the way may do with them. */
export type Freshness = 'second' | 'none';

/** Sets the headers of a read that asked the stores. */
export function markRead(reply: FastifyReply, begun: number, freshness: Freshness): void {
  const source = reply.request.sources.all();
  reply
    .header('cache-control', freshness === 'second' ? HOT_CACHE_CONTROL : 'no-store')
    .header('x-mediamesh-source', source)
    .header('server-timing', timing(source, begun));
}

function timing(source: ReadSource, begun: number): string {
  return `${source};dur=${(performance.now() - begun).toFixed(1)}`;
}

/** Fastify would send anything else than an error as an answer. */
function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('rejected with what is no error', { cause: error });
}
