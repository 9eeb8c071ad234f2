import { setTimeout as delay } from 'node:timers/promises';
import type { ServerFacts } from './admin-client.ts';
import { askServer } from './admin-client.ts';
import type { PostmasterFile } from './postmaster-file.ts';
import { readPostmasterFile, removePostmasterFile } from './postmaster-file.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { identifyProcess, isPostgresIn, isRunning } from './process-identity.ts';
import { stopServer } from './stop-server.ts';

export interface LeftoverQuestion {
  readonly cluster: string;
  readonly password: string;
  readonly fingerprint: string;
  /** The port the caller insists on. */
  readonly port: number | undefined;
  readonly log: (message: string) => void;
}

/** A server that an earlier service started and that we go on with. */
export interface AdoptedServer extends ProcessIdentity {
  readonly port: number;
}

type Verdict = { readonly port: number } | 'other' | 'silent' | 'gone';

/** How long a server that says it is starting or shutting down, and one that says nothing, are waited for. */
const BUSY_MS = 120_000;
const SILENT_MS = 6000;

/** SQLSTATE cannot_connect_now: in recovery, or shutting down. */
const CANNOT_CONNECT_NOW = '57P03';

/**
 * Looks for a server that outlived the service that started it. One that is ours, answers, and runs the way we would
 * run it is adopted; any other that works in our directory is stopped. The caller holds the service lock, so no live
 * service is using it.
 */
export async function settleLeftover(question: LeftoverQuestion): Promise<AdoptedServer | undefined> {
  const file = await readPostmasterFile(question.cluster);
  if (!file) return undefined;
  const server = identifyProcess(file.pid);
  if (!isRunning(server) || !isPostgresIn(file.pid, question.cluster)) {
    await forget(question, file);
    return undefined;
  }
  const verdict = await judge(question, server);
  if (typeof verdict === 'object') {
    question.log(
      `found PostgreSQL still running (process ${server.pid}) from an earlier service: going on with it`,
    );
    return { ...server, port: verdict.port };
  }
  if (verdict !== 'gone') await stopLeftover(question, server, verdict);
  return undefined;
}

/**
 * PostgreSQL takes its own pid file seriously when any process of the same account has that pid now, or when a zombie
 * has it, and refuses to start. It asks the shared memory too, so a process of the old server that still lives (the
 * one thing that could harm the files) stops the start even without this file.
 */
async function forget(question: LeftoverQuestion, file: PostmasterFile): Promise<void> {
  question.log(`PostgreSQL (process ${file.pid}) was not shut down: it will recover its last writes`);
  await removePostmasterFile(question.cluster);
}

async function stopLeftover(
  question: LeftoverQuestion,
  server: ProcessIdentity,
  verdict: 'other' | 'silent',
): Promise<void> {
  const why = verdict === 'other' ? 'runs with other settings' : 'does not answer';
  question.log(`PostgreSQL (process ${server.pid}) from an earlier service ${why}: stopping it`);
  await stopServer(server, verdict === 'other');
  await removePostmasterFile(question.cluster);
}

async function judge(question: LeftoverQuestion, server: ProcessIdentity): Promise<Verdict> {
  const started = performance.now();
  let patienceMs = SILENT_MS;
  while (performance.now() - started < patienceMs) {
    if (!isRunning(server)) return 'gone';
    const answer = await look(question);
    if (answer === 'busy') patienceMs = BUSY_MS;
    else if (answer !== 'no-answer') return answer;
    await delay(50);
  }
  return 'silent';
}

async function look(question: LeftoverQuestion): Promise<Verdict | 'busy' | 'no-answer'> {
  const port = (await readPostmasterFile(question.cluster))?.port;
  if (port === undefined) return 'no-answer';
  const answer = await ask(port, question.password);
  if (answer === 'refused') return 'other';
  if (typeof answer === 'string') return answer;
  return fits(answer, port, question) ? { port } : 'other';
}

function fits(facts: ServerFacts, port: number, question: LeftoverQuestion): boolean {
  return (
    facts.dataDirectory === question.cluster &&
    facts.fingerprint === question.fingerprint &&
    (question.port === undefined || question.port === port)
  );
}

async function ask(port: number, password: string): Promise<ServerFacts | 'busy' | 'refused' | 'no-answer'> {
  try {
    return await askServer({ port, password });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === CANNOT_CONNECT_NOW) return 'busy';
    // Class 28: it does not take our password, so it is not the server we left.
    return typeof code === 'string' && code.startsWith('28') ? 'refused' : 'no-answer';
  }
}
