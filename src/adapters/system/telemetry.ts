import type { Logger } from 'pino';
import type { PortCall, Telemetry } from '../../ports/telemetry.ts';
import { limitTelemetry } from './limit-telemetry.ts';
import type { Metrics } from './metrics.ts';
import { migrationTelemetry } from './migration-telemetry.ts';

export interface TelemetryOptions {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** A call through a port that takes longer is logged. Milliseconds. */
  readonly slowCallMs: number;
}

/** Telemetry as metrics, and as log lines for what somebody should look at. */
export function createTelemetry({ log, metrics, slowCallMs }: TelemetryOptions): Telemetry {
  return {
    failed(operation, error) {
      metrics.backgroundFailures.inc({ operation });
      log.error({ err: error, operation }, 'background work failed and will be tried again');
    },
    called(call) {
      const { port, operation, adapter, outcome, durationMs } = call;
      metrics.portCalls.observe({ port, operation, adapter, outcome }, durationMs / 1000);
      if (durationMs <= slowCallMs) return;
      // Work that no request waits for is slow whenever there is much of it: the histogram has it.
      const level = call.requestId === undefined ? 'debug' : 'warn';
      log[level](slowFields(call), 'a call of a store was slow');
    },
    consumed({ table, index = '', operation, readUnits, writeUnits }) {
      if (readUnits > 0) metrics.consumedUnits.inc({ table, index, operation, unit: 'read' }, readUnits);
      if (writeUnits > 0) metrics.consumedUnits.inc({ table, index, operation, unit: 'write' }, writeUnits);
    },
    throttled: (operation) => metrics.throttled.inc({ operation }),
    ...limitTelemetry(log, metrics),
    ...migrationTelemetry(log, metrics),
  };
}

function slowFields({ durationMs, ...names }: PortCall): object {
  return { ...names, durationMs: Math.round(durationMs) };
}
