import type { ExitCode } from './exit-codes.ts';
import { EXIT } from './exit-codes.ts';

/** What Ctrl-C and SIGTERM ask of a command. */
export interface Interrupts {
  /** Aborted by the first signal: finish what is in flight and stop. */
  readonly stop: AbortSignal;
  /** The exit code of the signal that came. */
  exitCode(): ExitCode;
  /** Signals act as usual again. */
  release(): void;
}

/** Ctrl-C under npx arrives twice, from the terminal and from npm: only one that comes later is a second wish. */
const REPEAT_MS = 250;

/** Listens for signals of this process. A second one exits at once. */
export function listenForInterrupts(): Interrupts {
  const controller = new AbortController();
  let exitCode: ExitCode = EXIT.interrupted;
  let firstAt = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      if (performance.now() - firstAt >= REPEAT_MS) process.exit(exitCode);
      return;
    }
    firstAt = performance.now();
    exitCode = signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    stop: controller.signal,
    exitCode: () => exitCode,
    release() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
