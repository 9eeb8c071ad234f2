import { constants } from 'node:os';
import closeWithGrace from 'close-with-grace';
import type { Logger } from 'pino';
import type { Service } from './bootstrap.ts';
import { bootstrap } from './bootstrap.ts';
import type { Config } from './config.ts';
import type { ApiGuard } from './domain/limits/api-guard.ts';
import { greeting } from './greeting.ts';
import { createIdentity } from './http/rate-limit/identity.ts';
import type { ServerDeps } from './http/server.ts';
import { buildServer } from './http/server.ts';
import { createLog } from './log.ts';
import type { Call } from './ports/call.ts';
import { VERSION } from './version.ts';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const REPEAT_MS = 1000;
const LOAD_TIMEOUT_MS = 120_000;

type Server = Awaited<ReturnType<typeof buildServer>>;

/**
 * Runs the service until it is told to stop: SIGTERM or SIGINT finish what is in flight and exit with 0, a second signal
 * exits at once. `say` is given the greeting once it answers. @throws what `bootstrap` throws, before anything listens.
 */
export async function serve(config: Config, say: (text: string) => void): Promise<void> {
  const log = createLog(config.logLevel);
  for (const warning of config.warnings) log.warn(warning);
  const stopAtOnce = exitOnSignal();
  const service = await bootstrap(config, log, { onExit: () => stopForGood(log) });
  try {
    const server = await createServer(config, log, service);
    await announce(config, server, service, say);
    stopOnSignal(config, log, server, service);
    stopAtOnce.cancel();
  } catch (error) {
    await service.dispose();
    throw error;
  }
}

// Until there is something to finish, a signal ends the process at once, but in order: the exit takes the embedded database
// down, which the default action of a signal would leave running.
function exitOnSignal(): { cancel(): void } {
  const exit = (signal: NodeJS.Signals): void => process.exit(128 + constants.signals[signal]);
  for (const signal of STOP_SIGNALS) process.on(signal, exit);
  return {
    cancel() {
      for (const signal of STOP_SIGNALS) process.off(signal, exit);
    },
  };
}

// Without its database the service could answer nothing; whoever runs it starts it again.
function stopForGood(log: Logger): void {
  log.fatal('the embedded database ended unexpectedly: its log is postgres.log in the data directory');
  process.exit(1);
}

async function createServer(config: Config, log: Logger, { cradle }: Service): Promise<Server> {
  const { app, idempotency, changes, clock, ids, readiness, metrics } = cradle;
  return buildServer({
    app,
    idempotency,
    changes,
    clock,
    ids,
    readiness,
    measurements: metrics.measurements,
    version: VERSION,
    loggerInstance: log,
    ...limitsOf(config, cradle.apiGuard),
    handlerTimeoutMs: config.http.handlerTimeoutMs,
    cacheBytes: config.http.responseCacheBytes,
  });
}

/** How the service limits its own callers, as it is configured. */
export function limitsOf(
  { http, rateLimits }: Config,
  guard: ApiGuard,
): Pick<ServerDeps, 'trustProxy' | 'rateLimit'> {
  const { policies, fields } = rateLimits;
  const identify = createIdentity(rateLimits);
  return {
    trustProxy: http.trustedProxies,
    ...(policies.length > 0 && { rateLimit: { guard, policies, fields, identify } }),
  };
}

async function announce(
  config: Config,
  server: Server,
  service: Service,
  say: (text: string) => void,
): Promise<void> {
  service.startBackground();
  const call = { signal: AbortSignal.timeout(LOAD_TIMEOUT_MS) };
  if (config.demoCatalog) await loadDemo(service, call, say);
  const url = await server.listen({ host: config.http.host, port: config.http.port });
  await service.announce(url);
  const [popular] = (await service.cradle.app.discovery.popular({ limit: 1 }, call)).items;
  say(greeting(url, popular?.programId));
}

async function loadDemo(service: Service, call: Call, say: (text: string) => void): Promise<void> {
  const { outcome, programs } = await service.cradle.demoCatalog.load(call);
  if (outcome !== 'loaded') return;
  await service.settle(call.signal);
  say(`Loaded a demo catalogue of ${programs} films (DEMO_CATALOG=off starts empty).`);
}

function stopOnSignal(config: Config, log: Logger, server: Server, service: Service): void {
  const skip = [...STOP_SIGNALS];
  const { close } = closeWithGrace(
    { delay: config.http.shutdownGraceMs + 5000, logger: false, skip },
    async ({ err }) => {
      if (err) log.fatal({ err }, 'an error that nobody handled: stopping');
      await server.close();
      await service.dispose();
    },
  );
  let firstAt: number | undefined;
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      // Ctrl-C under npm arrives twice, from the terminal and from npm: only a later one is a second wish.
      if (firstAt !== undefined && Date.now() - firstAt < REPEAT_MS) return;
      if (firstAt !== undefined) process.exit(1);
      firstAt = Date.now();
      log.info({ signal }, 'stopping: finishing what is in flight');
      close();
    });
  }
}
