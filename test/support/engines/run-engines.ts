import type { EngineAnswer, EngineName } from './engine.ts';
import type { OpenedEngine, Way } from './find-engine.ts';
import { findEngine } from './find-engine.ts';

/** The engines of a run. */
export interface RunEngines {
  /** Finds the engine the first time that it is asked for. */
  get(name: EngineName): Promise<EngineAnswer>;
  /** Stops what was started. */
  stop(): Promise<void>;
  /** What was found, and what was not. */
  report(): readonly EngineReport[];
}

export interface EngineReport {
  readonly name: EngineName;
  readonly answer: EngineAnswer;
  readonly tookMs: number;
}

export interface RunEnginesOptions {
  readonly ways: Readonly<Record<EngineName, readonly Way[]>>;
  /** Whether tests are to be skipped for what is missing. */
  readonly skip: boolean;
}

export function createRunEngines({ ways, skip }: RunEnginesOptions): RunEngines {
  const answers = new Map<EngineName, Promise<EngineAnswer>>();
  const reports: EngineReport[] = [];
  const opened: OpenedEngine[] = [];
  const find = async (name: EngineName): Promise<EngineAnswer> => {
    const begun = performance.now();
    const answer = await findEngine(ways[name]).then<EngineAnswer, EngineAnswer>(
      (engine) => {
        opened.push(engine);
        return { state: 'running', url: engine.url, how: engine.how, ours: engine.ours };
      },
      (error: Error) => ({ state: 'missing', reason: error.message, skip }),
    );
    reports.push({ name, answer, tookMs: performance.now() - begun });
    return answer;
  };
  return {
    get(name) {
      const answer = answers.get(name) ?? find(name);
      answers.set(name, answer);
      return answer;
    },
    async stop() {
      await Promise.allSettled(answers.values());
      await Promise.all(opened.map((engine) => engine.stop()));
    },
    report: () => reports,
  };
}
