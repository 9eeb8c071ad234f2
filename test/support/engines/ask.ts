import { inject } from 'vitest';
import type { EngineAnswer, EngineName, RunningEngine } from './engine.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly engines: {
      /** Where the run answers `GET <url>/<engine>`, starting it the first time, and `GET <url>/programs`. */
      readonly controlUrl: string;
      /** A name that no other run has; fit for parts of names in any engine. */
      readonly run: string;
    };
  }
}

/** The longest way to an engine installs a package or pulls an image. */
export const ENGINE_PATIENCE_MS = 280_000;

const asked = new Map<EngineName, Promise<EngineAnswer>>();

/** The run's one server of this kind, started when the first test asks for it. */
export function askForEngine(name: EngineName): Promise<EngineAnswer> {
  const earlier = asked.get(name);
  if (earlier) return earlier;
  const answer = askRun<EngineAnswer>(name);
  asked.set(name, answer);
  return answer;
}

/** What the process of the run answers. @throws when it could not do what was asked. */
export async function askRun<Answer>(name: EngineName | 'programs'): Promise<Answer> {
  const response = await fetch(`${inject('engines').controlUrl}/${name}`);
  if (!response.ok)
    throw new Error(`asked for ${name}, the run answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}

/** Throws with all that was tried when the engine can not be had. */
export async function runningEngine(name: EngineName): Promise<RunningEngine> {
  const answer = await askForEngine(name);
  if (answer.state === 'missing') throw new Error(`no ${name} for this test: ${answer.reason}`);
  return answer;
}

/** A name that no other run has. */
export function runName(): string {
  return inject('engines').run;
}
