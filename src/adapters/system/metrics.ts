import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from '@prometheus-io/client';
import type { Measurements } from '../../ports/telemetry.ts';

/** From a hit in memory to a store that hangs until its deadline. Seconds. */
const BUCKETS = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export type Metrics = ReturnType<typeof createMetrics>;

/** Every metric of ours, in a registry of its own: names begin with `mediamesh_`, units are in the name. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    portCalls: new Histogram({
      name: 'mediamesh_port_call_duration_seconds',
      help: 'How long calls through a port took, by how they ended.',
      labelNames: ['port', 'operation', 'adapter', 'outcome'],
      buckets: BUCKETS,
      registers,
    }),
    backgroundFailures: new Counter({
      name: 'mediamesh_background_failures_total',
      help: 'Rounds of background work that failed and were tried again.',
      labelNames: ['operation'],
      registers,
    }),
    consumedUnits: new Counter({
      name: 'mediamesh_dynamodb_consumed_units_total',
      help: 'Capacity units that calls of DynamoDB consumed; the index is empty for the table itself.',
      labelNames: ['table', 'index', 'operation', 'unit'],
      registers,
    }),
    throttled: new Counter({
      name: 'mediamesh_dynamodb_throttled_total',
      help: 'Requests that DynamoDB refused for want of capacity, those that a later attempt made good included.',
      labelNames: ['operation'],
      registers,
    }),
    limits: limitMetrics(registers),
    migration: migrationMetrics(registers),
    measurements: {
      contentType: registry.contentType,
      text: () => registry.metrics(),
    } satisfies Measurements,
  };
}

function limitMetrics(registers: Registry[]) {
  return {
    decisions: new Counter({
      name: 'mediamesh_rate_limit_decisions_total',
      help: 'Decisions on calls of the API under its own policies, by who made them.',
      labelNames: ['policy', 'outcome', 'decided_by'],
      registers,
    }),
    byRule: new Counter({
      name: 'mediamesh_rate_limit_degraded_total',
      help: 'Decisions of all rate limits while the counters could not be asked, by the rule that made them.',
      labelNames: ['rule'],
      registers,
    }),
    replayed: new Counter({
      name: 'mediamesh_rate_limit_replayed_units_total',
      help: 'Units admitted while the counters could not be asked that were charged to them afterwards.',
      registers,
    }),
    breaker: new Gauge({
      name: 'mediamesh_rate_limit_breaker',
      help: '1 for whether the counters are asked: closed (yes), open (no), half-open (one call tries).',
      labelNames: ['state'],
      registers,
    }),
  };
}

function migrationMetrics(registers: Registry[]) {
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `mediamesh_migration_${name}`, help, labelNames: ['data_set'], registers });
  return {
    reads: new Counter({
      name: 'mediamesh_migration_reads_total',
      help: 'Keys read of data sets that have copies, by how: hit, miss, tombstone, catalog and so on.',
      labelNames: ['data_set', 'outcome'],
      registers,
    }),
    comparisons: new Counter({
      name: 'mediamesh_migration_comparisons_total',
      help: 'Copies compared with the truth beside the requests, by result.',
      labelNames: ['data_set', 'result'],
      registers,
    }),
    phase: new Gauge({
      name: 'mediamesh_migration_phase',
      help: '1 for the phase that this instance acts on.',
      labelNames: ['data_set', 'phase'],
      registers,
    }),
    readPercent: gauge('read_percent', 'Share of keys read from the copy.'),
    epoch: gauge('epoch', 'Epoch of the control record that this instance acts on.'),
    pending: gauge('outbox_pending', 'Marks that wait to be relayed.'),
    parked: gauge('outbox_parked', 'Keys whose copies can not be made.'),
    lag: gauge('outbox_lag_seconds', 'Age of the oldest mark: how far the copies are behind.'),
  };
}
