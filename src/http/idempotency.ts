import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../domain/errors.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import { isPlainObject } from '../domain/json.ts';
import type { Program } from '../domain/program/program.ts';
import type { Call } from '../ports/call.ts';
import { versionTag } from './etags.ts';
import { locationOf } from './locations.ts';
import { requestFields } from './plugins/problem-handler.ts';
import { HttpProblem } from './problems.ts';
import type { RouteDeps } from './routes/deps.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const KEY = /^[\x21-\x7e]{1,255}$/;
/** A reservation outlives the deadline of the request that made it: nobody works on it any more when it ends. */
const LEASE_MARGIN_MS = 2000;

/** Creates the program of a request, once for each `Idempotency-Key` that comes with it. */
export async function createOnce(
  deps: RouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const key = request.headers['idempotency-key'];
  if (key === undefined)
    return send(reply, answerOf(await deps.app.programs.create(request.body, request.call)));
  if (typeof key !== 'string' || !KEY.test(key)) {
    throw new HttpProblem('malformed-header', 'Idempotency-Key must have 1 to 255 visible ASCII characters');
  }
  const print = fingerprint(request.body);
  const leaseMs = deps.options.handlerTimeoutMs + LEASE_MARGIN_MS;
  const begun = await deps.idempotency.begin(key, print, leaseMs, request.call);
  switch (begun.state) {
    case 'replay':
      return send(reply.header('idempotent-replayed', 'true'), begun.answer as unknown as Answer);
    case 'mismatch':
      throw new DomainError('idempotency-key-reused', 'the key was used with another body: take a new one');
    case 'in-flight':
      throw new DomainError(
        'idempotency-key-in-flight',
        'an earlier request with this key has no answer yet',
      );
    default:
      return send(reply, await create(deps, request, key, print, begun.state));
  }
}

async function create(
  deps: RouteDeps,
  request: FastifyRequest,
  key: string,
  print: string,
  state: 'fresh' | 'retry',
): Promise<Answer> {
  const { programs } = deps.app;
  const input = withId(request.body, key, print);
  let answer: Answer;
  try {
    const attempt = state === 'retry' ? programs.createAgain : programs.create;
    answer = answerOf(await attempt(input, request.call));
  } catch (error) {
    if (didNothing(error)) await settle(deps, request, (call) => deps.idempotency.abandon(key, call));
    throw error;
  }
  await settle(deps, request, (call) =>
    deps.idempotency.complete(key, answer as unknown as JsonObject, call),
  );
  return answer;
}

/**
 * Whether a failure says that nothing was written. After any other the program may be there: the reservation is left to
 * end by itself, so that the next attempt is known to be a retry and takes that program for its own.
 */
function didNothing(error: unknown): boolean {
  return (
    error instanceof DomainError && (error.code === 'validation-failed' || error.code === 'program-exists')
  );
}

// The program is written, and that is what the client must hear. Without the answer kept, a retry finds the program.
async function settle(
  deps: RouteDeps,
  request: FastifyRequest,
  work: (call: Call) => Promise<void>,
): Promise<void> {
  try {
    await work(request.call);
  } catch (error) {
    deps.log?.warn({ ...requestFields(request), err: error }, 'an idempotency key could not be settled');
  }
}

// A retry must name the program that the lost attempt made, so its id follows from the request: UUIDv8 (RFC 9562,
// section 5.8) of the key and the fingerprint.
function withId(body: unknown, key: string, print: string): unknown {
  if (!isPlainObject(body) || body.programId !== undefined) return body;
  const bytes = createHash('sha256').update(`${key}\n${print}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return { ...body, programId: parts.join('-') };
}

function answerOf(program: Program): Answer {
  return {
    status: 201,
    headers: {
      location: locationOf(program.programId),
      etag: versionTag(program.version),
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
    },
    body: JSON.stringify(program),
  };
}

function send(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}

/** What the key stands for: the call and the meaning of the body, whatever the order of its fields. */
function fingerprint(body: unknown): string {
  return createHash('sha256')
    .update(`POST /v1/programs\n${canonicalJson(body as JsonValue | undefined)}`)
    .digest('hex');
}

function canonicalJson(value: JsonValue | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (!isPlainObject(value)) return JSON.stringify(value) ?? 'null';
  const fields = Object.keys(value).sort();
  return `{${fields.map((name) => `${JSON.stringify(name)}:${canonicalJson((value as JsonObject)[name])}`).join()}}`;
}
