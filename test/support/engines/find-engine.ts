/** A server that a way led to. */
export interface OpenedEngine {
  readonly url: string;
  /** Where it comes from, for people. */
  readonly how: string;
  /** Whether this run started it. */
  readonly ours: boolean;
  stop(): Promise<void>;
}

/** One way to an engine: it opens it, or throws and so says why it does not lead there on this machine. */
export type Way = () => Promise<OpenedEngine>;

/** The first way that leads to the engine. Throws with the reasons of all when none does. */
export async function findEngine(ways: readonly Way[]): Promise<OpenedEngine> {
  const reasons: string[] = [];
  for (const way of ways) {
    try {
      return await way();
    } catch (error) {
      if (error instanceof GivenEngineFailed) throw error;
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(reasons.join('; '));
}

/** The engine that the environment names does not answer: another one in its place would test something else. */
export class GivenEngineFailed extends Error {}
