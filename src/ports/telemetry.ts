/** Where the domain says what happens outside a caller's sight. Never throws, never waits. */
export interface Telemetry {
  /** Background work failed and will be tried again; `operation` is a stable, dotted name such as `search.project`. */
  failed(operation: string, error: unknown): void;
}
