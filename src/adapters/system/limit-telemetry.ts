import type { Logger } from 'pino';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { Metrics } from './metrics.ts';

type LimitTelemetry = Pick<Telemetry, 'limited' | 'limitedByRule' | 'replayedLimits' | 'counterBreaker'>;

const BREAKER_STATES = ['closed', 'open', 'half-open'] as const;

export function limitTelemetry(log: Logger, { limits }: Metrics): LimitTelemetry {
  const children = new Map<string, { inc(): void }>();
  return {
    // Once for each request: the metric is looked up by its labels the first time only.
    limited({ policy, outcome, decidedBy }) {
      const name = `${policy} ${outcome} ${decidedBy}`;
      let child = children.get(name);
      if (child === undefined) {
        child = limits.decisions.labels({ policy, outcome, decided_by: decidedBy });
        children.set(name, child);
      }
      child.inc();
    },
    limitedByRule: (rule) => limits.byRule.inc({ rule }),
    replayedLimits(units) {
      limits.replayed.inc(units);
      log.info({ units }, 'the counters were told what was admitted without them');
    },
    counterBreaker(state, reason) {
      for (const each of BREAKER_STATES) limits.breaker.set({ state: each }, each === state ? 1 : 0);
      if (state === 'open') log.warn({ reason }, 'the counters of the rate limits are not asked for a while');
      if (state === 'closed') log.info({ reason }, 'the counters of the rate limits are asked');
    },
  };
}
