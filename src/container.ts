import type { InferCradleFromResolvers } from 'awilix';
import { asValue, createContainer, InjectionMode } from 'awilix';
import type { Logger } from 'pino';
import type { Metrics } from './adapters/system/metrics.ts';
import { createMetrics } from './adapters/system/metrics.ts';
import { createSystemClock, createSystemMonotonicClock } from './adapters/system/system-clock.ts';
import { createTelemetry } from './adapters/system/telemetry.ts';
import { createUuidIds } from './adapters/system/uuid-ids.ts';
import type { Config } from './config.ts';
import { engines } from './container/engines.ts';
import { limits } from './container/limits.ts';
import { migration } from './container/migration.ts';
import { complete, nothingToDispose, singleton } from './container/registration.ts';
import { stores } from './container/stores.ts';
import { useCases } from './container/use-cases.ts';

export interface ContainerInputs {
  readonly config: Config;
  readonly log: Logger;
  /** Where Postgres answers; needed when a chosen adapter is Postgres. */
  readonly databaseUrl: string | undefined;
}

/** Everything there is, by name. The type is made of the registrations, so there is no second list to keep in step. */
export type Cradle = InferCradleFromResolvers<ReturnType<typeof registrations>>;

/** Puts the service together. Nothing is built until it is asked for; `dispose()` takes down what was. */
export function createServiceContainer(inputs: ContainerInputs) {
  return createContainer({ injectionMode: InjectionMode.PROXY, strict: true }).register(
    registrations(inputs),
  );
}

interface TelemetryNeeds {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly config: Config;
}

function registrations(inputs: ContainerInputs) {
  return complete({
    config: asValue<Config>(inputs.config),
    log: asValue<Logger>(inputs.log),
    databaseUrl: asValue<string | undefined>(inputs.databaseUrl),
    clock: singleton((_cradle: object) => createSystemClock(), nothingToDispose),
    monotonicClock: singleton((_cradle: object) => createSystemMonotonicClock(), nothingToDispose),
    ids: singleton((_cradle: object) => createUuidIds(), nothingToDispose),
    metrics: singleton((_cradle: object) => createMetrics(), nothingToDispose),
    telemetry: singleton(
      ({ log, metrics, config }: TelemetryNeeds) =>
        createTelemetry({ log, metrics, slowCallMs: config.slowCallMs }),
      nothingToDispose,
    ),
    ...engines(),
    ...stores(),
    ...limits(),
    ...migration(),
    ...useCases(),
  });
}
