/** What a test can ask for. */
export const ENGINE_NAMES = ['postgres', 'redis', 'dynamodb'] as const;

export type EngineName = (typeof ENGINE_NAMES)[number];

/** What a test is told of an engine that it asked for. */
export type EngineAnswer = RunningEngine | MissingEngine;

export interface RunningEngine {
  readonly state: 'running';
  readonly url: string;
  /** Where it comes from, for people. */
  readonly how: string;
  /** Whether this run started it: then it knows nobody else, and goes with the run. */
  readonly ours: boolean;
}

export interface MissingEngine {
  readonly state: 'missing';
  /** Every way that was tried and why it did not lead there, for people. */
  readonly reason: string;
  /** Whether tests that need it are skipped (`TEST_ENGINES=available`) and do not fail. */
  readonly skip: boolean;
}
