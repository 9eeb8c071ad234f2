/** Says which programs changed, in this process, right after a write was acknowledged. */
export interface ProgramChanges {
  /** Answers the function that ends the subscription. Listeners must not throw. */
  subscribe(listener: ChangeListener): () => void;
}

export type ChangeListener = (programIds: readonly string[]) => void;

export interface ProgramChangeFeed extends ProgramChanges {
  publish(programIds: readonly string[]): void;
}

export function createProgramChanges(): ProgramChangeFeed {
  const listeners = new Set<ChangeListener>();
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    publish(programIds) {
      for (const listener of listeners) listener(programIds);
    },
  };
}
