import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { checkEngines } from './container/check-engines.ts';
import type { Engine, EngineOptions } from './container/engine.ts';
import { announceService, startEngine } from './container/engine.ts';
import type { Cradle } from './container.ts';
import { createServiceContainer } from './container.ts';
import type { FirstPhases } from './domain/migration/first-phase.ts';
import { applyFirstPhase } from './domain/migration/first-phase.ts';

/** The service without a driver: what HTTP and the command line build on. */
export interface Service {
  readonly cradle: Cradle;
  /** Begins the work that goes on beside requests; relays and jobs are part of it as {@link Config.relay} says, or `relay`. */
  startBackground(relay?: boolean): void;
  /** Resolves when everything written so far can be searched. */
  settle(signal: AbortSignal): Promise<void>;
  /** Tells other processes on this data directory where the service answers. */
  announce(url: string): Promise<void>;
  /** Ends background work, closes the stores and stops an embedded database. */
  dispose(): Promise<void>;
}

const SETTLE_POLL_MS = 20;
const FIRST_PHASE_TIMEOUT_MS = 5000;

/**
 * Starts the engines that are ours, brings the schema up to date, wires the container and looks at the other engines.
 * @throws `EmbeddedPostgresError` when the embedded database can not run, the driver's error when the database can not be
 * reached, `TablesNotReady` when the service can not work with its tables.
 */
export async function bootstrap(config: Config, log: Logger, options: EngineOptions = {}): Promise<Service> {
  const engine = await startEngine(config, log, options);
  const service = createService(config, log, engine);
  try {
    await checkEngines(service.cradle);
    const call = { signal: AbortSignal.timeout(FIRST_PHASE_TIMEOUT_MS) };
    await applyFirstPhase(service.cradle.phaseStore, firstPhases(service.cradle, config), call);
    await service.cradle.phaseWatch.start();
    // Before it is known every program counts as popular, and a verification would miss copies that need not be there.
    await service.cradle.popularScope?.refresh(call);
    return service;
  } catch (error) {
    await service.dispose();
    throw error;
  }
}

/** Of the data sets that have a copy to migrate to. */
function firstPhases({ programCopies, documentCopies }: Cradle, { migration }: Config): FirstPhases {
  const { programs, search } = migration.firstPhase;
  return { ...(programCopies && { programs }), ...(documentCopies && { search }) };
}

function createService(config: Config, log: Logger, engine: Engine): Service {
  const container = createServiceContainer({ config, log, databaseUrl: engine.databaseUrl });
  const { cradle } = container;
  return {
    cradle,
    startBackground: (relay = config.relay) => startBackground(cradle, relay),
    async settle(signal) {
      while ((await cradle.outbox.depth('documents', { signal })).pending > 0) {
        cradle.searchRelay.nudge();
        await sleep(SETTLE_POLL_MS, undefined, { signal });
      }
    },
    announce: (url) => announceService(config, url),
    async dispose() {
      // The container disposes of everything at once; what uses the stores must be over before that.
      await Promise.all([...loopsOf(cradle).map((loop) => loop.stop()), cradle.quickCounters.close()]);
      await container.dispose();
      await engine.stop();
    },
  };
}

function startBackground(cradle: Cradle, relay: boolean): void {
  cradle.changes.subscribe(() => cradle.nudgeRelays());
  cradle.outbox.onHint(() => {
    cradle.searchRelay.nudge();
    cradle.relays.nudge();
  });
  for (const loop of [cradle.hinter, cradle.watches, cradle.viewRollUp]) loop.start();
  if (countsInstances(cradle.config)) cradle.instanceWatch.start();
  if (relay) for (const loop of relayLoops(cradle)) loop.start();
}

/** Whether this instance's share of the limits depends on how many there are. */
function countsInstances({ adapters, rateLimits }: Config): boolean {
  return adapters.counterStore !== 'memory' && rateLimits.instances === undefined;
}

function loopsOf(cradle: Cradle): readonly { stop(): Promise<void> }[] {
  return [
    ...relayLoops(cradle),
    cradle.hinter,
    cradle.watches,
    cradle.viewRollUp,
    cradle.instanceWatch,
    cradle.phaseWatch,
  ];
}

/** What any number of instances share, or leave to others. */
function relayLoops(cradle: Cradle) {
  return [cradle.searchRelay, cradle.relays, cradle.jobWork];
}
