import type { Logger } from 'pino';
import type { Service } from '../bootstrap.ts';
import type { Config } from '../config.ts';
import type { createLog } from '../log.ts';
import { CommandError } from './command-error.ts';
import { EXIT } from './exit-codes.ts';
import type { HttpService } from './http-service.ts';
import { createHttpService } from './http-service.ts';

/** The service that a command works on: one that runs elsewhere, or its own part of one in this process. */
export type OpenedService = {
  /** For messages. */
  readonly name: string;
  /** Aborted when the service is gone; the reason says why. */
  readonly lost: AbortSignal;
  /** Stops what this process started. */
  close(): Promise<void>;
} & (
  | { readonly http: HttpService; readonly local?: never }
  | { readonly local: Service; readonly http?: never }
);

/**
 * The service at `address`; without one, the service that already runs on the data directory of the configuration; else
 * the databases of the configuration, opened by this process. @throws {CommandError} and what starting them throws.
 */
export async function openService(address: string | undefined): Promise<OpenedService> {
  if (address !== undefined) return overHttp(address);
  const { loadConfig } = await import('../config.ts');
  const config = loadConfig();
  refuseMemory(config, 'Name a running service with --url, for example --url http://127.0.0.1:3000.');
  const { findRunningService } = await import('../container/engine.ts');
  const running = await findRunningService(config);
  if (running !== undefined) return overHttp(running);
  const { createLog } = await import('../log.ts');
  const opened = await inThisProcess(config, createLog('error'), false);
  opened.local.startBackground();
  return opened;
}

/** Makes the log of a command. */
export type LogFor = (create: typeof createLog, config: Config) => Logger;

/** Part of a service in this process. */
export type OpenedStores = OpenedService & { readonly local: Service };

/**
 * The stores of the configuration, opened by this process beside the services that work on them; nothing goes on in the
 * background yet. @throws {CommandError} and what starting them throws.
 */
export async function openStores(logFor: LogFor): Promise<OpenedStores> {
  const [{ loadConfig }, log] = await Promise.all([import('../config.ts'), import('../log.ts')]);
  const config = loadConfig();
  refuseMemory(config, 'Ask the service itself, for example with curl http://127.0.0.1:3000/v1/migration.');
  return await inThisProcess(config, logFor(log.createLog, config), true);
}

function overHttp(address: string): OpenedService {
  const http = createHttpService(address);
  return {
    name: `the service at ${http.url.origin}`,
    http,
    lost: new AbortController().signal,
    close: async () => undefined,
  };
}

function refuseMemory(config: Config, whatHelps: string): void {
  if (config.adapters.programCatalog !== 'memory') return;
  const message =
    'The configuration keeps the catalogue in the memory of a service: this command has none to work on.';
  throw new CommandError(EXIT.usage, `${message} ${whatHelps}`);
}

async function inThisProcess(config: Config, log: Logger, beside: boolean): Promise<OpenedStores> {
  const { bootstrap } = await import('../bootstrap.ts');
  const lost = new AbortController();
  const ended = 'the embedded database ended unexpectedly: its log is postgres.log in the data directory';
  const onExit = () => lost.abort(new CommandError(EXIT.unreachable, ended));
  const local = await bootstrap(config, log, { beside, onExit });
  return { name: nameOf(config), local, lost: lost.signal, close: () => local.dispose() };
}

/** The database without what is secret. */
function nameOf(config: Config): string {
  const url = config.database?.url ?? 'embedded';
  if (url === 'embedded') return `the embedded database in ${config.dataDir}`;
  const { host, pathname } = new URL(url);
  return `the database ${host}${pathname}`;
}
