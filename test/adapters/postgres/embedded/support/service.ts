import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { COMPILE_CACHE } from '../../../../support/compile-cache.ts';
import type { ServiceOptions } from './run-service.ts';

const SCRIPT = fileURLToPath(new URL('./run-service.ts', import.meta.url));

/** What the service said when it was up, or why it did not come up. */
export interface Greeting {
  readonly url?: string;
  readonly adopted?: boolean;
  readonly uid?: number;
  readonly code?: string;
  readonly message?: string;
}

export interface Service {
  readonly child: ChildProcess;
  readonly greeting: Promise<Greeting>;
  /** `stop` shuts the database down; `exit` ends the process without having done so. */
  tell(command: 'stop' | 'exit'): Promise<void>;
  killHard(): Promise<void>;
}

const running = new Set<ChildProcess>();

/** Runs a service in a process group of its own, as a terminal does. */
export function spawnService(options: ServiceOptions): Service {
  const child = spawn(process.execPath, [SCRIPT, JSON.stringify(options)], {
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  running.add(child);
  const exited = once(child, 'exit').finally(() => running.delete(child));
  return {
    child,
    greeting: firstLine(child),
    tell: async (command) => {
      child.stdin?.write(`${command}\n`);
      await exited;
    },
    killHard: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

export function killServices(): void {
  for (const child of running) child.kill('SIGKILL');
}

async function firstLine(child: ChildProcess): Promise<Greeting> {
  if (!child.stdout) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line) as Greeting;
  return { code: 'killed' };
}
