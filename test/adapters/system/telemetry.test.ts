import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../../src/adapters/system/metrics.ts';
import { createTelemetry } from '../../../src/adapters/system/telemetry.ts';
import { createLog } from '../../../src/log.ts';

function aTelemetry() {
  const stream = new PassThrough({ encoding: 'utf8' });
  const metrics = createMetrics();
  const telemetry = createTelemetry({ log: createLog('info', stream), metrics, slowCallMs: 100 });
  const lines = () => {
    const text = String(stream.read() ?? '');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  return { telemetry, lines, text: () => metrics.measurements.text() };
}

const CALL = {
  port: 'ProgramCatalog',
  operation: 'get',
  adapter: 'postgres',
  outcome: 'ok',
  requestId: 'request-1',
} as const;

describe('createTelemetry', () => {
  it('counts each call by port, operation, adapter and outcome, in seconds', async () => {
    const { telemetry, text } = aTelemetry();
    telemetry.called({ ...CALL, durationMs: 20 });
    telemetry.called({ ...CALL, durationMs: 40 });
    const labels = 'port="ProgramCatalog",operation="get",adapter="postgres",outcome="ok"';
    expect(await text()).toContain(`mediamesh_port_call_duration_seconds_count{${labels}} 2`);
    expect(await text()).toContain(`mediamesh_port_call_duration_seconds_sum{${labels}} 0.06`);
    expect(await text()).toMatch(/duration_seconds_bucket\{le="0\.025",[^}]*\} 1\n/);
  });

  it('logs a call that took longer than it may, with its operation and its request', () => {
    const { telemetry, lines } = aTelemetry();
    telemetry.called({ ...CALL, durationMs: 100 });
    expect(lines()).toEqual([]);
    telemetry.called({ ...CALL, durationMs: 100.6 });
    expect(lines()).toEqual([expect.objectContaining({ ...CALL, level: 40, durationMs: 101 })]);
  });

  it('does not warn of a slow call that no request waits for', () => {
    const { telemetry, lines } = aTelemetry();
    telemetry.called({ ...CALL, requestId: undefined, durationMs: 5000 });
    expect(lines()).toEqual([]);
  });

  it('counts and logs background work that failed', async () => {
    const { telemetry, lines, text } = aTelemetry();
    telemetry.failed('search.project', new Error('no disk'));
    expect(lines()).toMatchObject([{ operation: 'search.project', err: { message: 'no disk' } }]);
    expect(await text()).toContain('mediamesh_background_failures_total{operation="search.project"} 1');
  });

  it('counts what was throttled', async () => {
    const { telemetry, text } = aTelemetry();
    telemetry.throttled('UpdateItem');
    expect(await text()).toContain('mediamesh_dynamodb_throttled_total{operation="UpdateItem"} 1');
  });

  it('sums consumed units by table, index, operation and kind', async () => {
    const { telemetry, text } = aTelemetry();
    const use = { table: 't', index: undefined, operation: 'GetItem', readUnits: 0.5, writeUnits: 0 };
    telemetry.consumed(use);
    telemetry.consumed(use);
    telemetry.consumed({ ...use, index: 'CategoryIndex', operation: 'PutItem', readUnits: 0, writeUnits: 2 });
    const name = 'mediamesh_dynamodb_consumed_units_total';
    expect(await text()).toContain(`${name}{table="t",index="",operation="GetItem",unit="read"} 1`);
    expect(await text()).toContain(
      `${name}{table="t",index="CategoryIndex",operation="PutItem",unit="write"} 2`,
    );
    expect(await text()).not.toContain('operation="GetItem",unit="write"');
  });
});
