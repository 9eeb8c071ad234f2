import { EventEmitter, once } from 'node:events';
import type { ProxyMode } from './proxy-mode.ts';

/** The mode of a proxy, as its connections see it. */
export interface ModeSwitch {
  current(): ProxyMode;
  set(mode: ProxyMode): void;
  /** Resolves when something may be forwarded. */
  opened(): Promise<void>;
}

export function createModeSwitch(): ModeSwitch {
  let mode: ProxyMode = { kind: 'pass' };
  const changes = new EventEmitter().setMaxListeners(0);
  return {
    current: () => mode,
    set(next) {
      mode = next;
      changes.emit('change');
    },
    async opened() {
      while (mode.kind === 'drop') await once(changes, 'change');
    },
  };
}
