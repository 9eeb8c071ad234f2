import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { OpenedEngine } from './find-engine.ts';

export interface ContainerEngine {
  /** With an exact tag. */
  readonly image: string;
  readonly port: number;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly toUrl: (host: string, port: number) => string;
  readonly isReady: (host: string, port: number) => Promise<boolean>;
}

const READY_PATIENCE_MS = 60_000;

/**
 * Runs an engine in Docker. testcontainers removes what a run that was killed has left. Throws at once where there is no
 * daemon; its ports are published as the daemon is set up to, which is on every interface unless its `ip` says otherwise.
 */
export async function startContainer(engine: ContainerEngine): Promise<OpenedEngine> {
  const { GenericContainer, getContainerRuntimeClient } = await dockerLibrary();
  await getContainerRuntimeClient().catch((cause: unknown) => {
    throw new Error('there is no Docker daemon that answers', { cause });
  });
  const container = await new GenericContainer(engine.image)
    .withExposedPorts(engine.port)
    .withEnvironment({ ...engine.environment })
    .withCommand([...(engine.command ?? [])])
    .start();
  const stop = async () => {
    await container.stop();
  };
  const [host, port] = [container.getHost(), container.getMappedPort(engine.port)];
  if (!(await untilReady(() => engine.isReady(host, port)))) {
    await stop();
    throw new Error(`${engine.image} did not answer within ${READY_PATIENCE_MS} ms`);
  }
  return { url: engine.toUrl(host, port), how: `${engine.image} in Docker`, ours: true, stop };
}

/** Loading it takes a third of a second: only where a daemon may be. */
async function dockerLibrary() {
  const { DOCKER_HOST } = process.env;
  if (!DOCKER_HOST && !sockets().some((path) => existsSync(path))) {
    throw new Error('there is no Docker: DOCKER_HOST is not set and no daemon has a socket here');
  }
  return await import('testcontainers');
}

/** Where testcontainers looks. */
function sockets(): string[] {
  const { XDG_RUNTIME_DIR } = process.env;
  return [
    '/var/run/docker.sock',
    ...(XDG_RUNTIME_DIR ? [join(XDG_RUNTIME_DIR, 'docker.sock')] : []),
    `/run/user/${process.getuid?.() ?? 0}/docker.sock`,
    join(homedir(), '.docker', 'run', 'docker.sock'),
    join(homedir(), '.docker', 'desktop', 'docker.sock'),
  ];
}

async function untilReady(isReady: () => Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + READY_PATIENCE_MS;
  while (performance.now() < deadline) {
    if (await isReady()) return true;
    await delay(100);
  }
  return false;
}
