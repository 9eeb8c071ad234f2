import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgress } from '../../src/cli/import/progress.ts';
import type { Input } from '../../src/cli/input/open-input.ts';
import { createFakeTerminal } from '../support/cli.ts';

const nothing = async function* () {
  // No bytes.
};

function anInput(readBytes: number, totalBytes: number | undefined): Input {
  return { name: 'x', totalBytes, readBytes: () => readBytes, bytes: nothing(), close: () => undefined };
}

const totals = { created: 1_000, updated: 0, unchanged: 0, rejected: 7, lastLine: 1_007 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('progress', () => {
  it('on a terminal is a bar with share, lines, rate, rejected lines and time left, gone at the end', async () => {
    const terminal = createFakeTerminal({ isTTY: true });
    const progress = createProgress(terminal, anInput(250, 1_000), false);
    await vi.advanceTimersByTimeAsync(1_000);
    progress.update(totals);
    await vi.advanceTimersByTimeAsync(500);
    expect(terminal.said()).toMatch(/█{5}░{15} 25% {2}1,007 lines {2}1,00\d\/s {2}7 rejected {2}\d+s left/);
    progress.end();
    await vi.advanceTimersByTimeAsync(1);
    // The last thing written clears the line.
    expect(terminal.said().slice(-4)).toBe('\u001b[2K');
    for (const hidden of ['\u001b[?25l', '\u001b[?7l']) expect(terminal.said()).not.toContain(hidden);
  });

  it('of an input whose size nobody knows has neither share nor time left', async () => {
    const terminal = createFakeTerminal({ isTTY: true });
    const progress = createProgress(terminal, anInput(250, undefined), false);
    await vi.advanceTimersByTimeAsync(1_000);
    progress.update(totals);
    await vi.advanceTimersByTimeAsync(500);
    progress.end();
    expect(terminal.said()).toMatch(/1,007 lines {2}1,00\d\/s {2}7 rejected/);
    expect(terminal.said()).not.toMatch(/%|left/);
  });

  it('elsewhere is a line every ten seconds', async () => {
    const terminal = createFakeTerminal();
    const progress = createProgress(terminal, anInput(500, 1_000), false);
    for (let second = 1; second <= 25; second += 1) {
      await vi.advanceTimersByTimeAsync(1_000);
      progress.update({ ...totals, created: 100 * second, rejected: 0, lastLine: 100 * second });
    }
    progress.end();
    expect(terminal.said()).toBe(
      '50%, 1,000 lines, 100/s, 0 rejected\n50%, 2,000 lines, 100/s, 0 rejected\n',
    );
  });

  it('is silent when asked to be', () => {
    const terminal = createFakeTerminal({ isTTY: true });
    const progress = createProgress(terminal, anInput(1, 2), true);
    progress.update(totals);
    progress.end();
    expect(terminal.said()).toBe('');
  });
});
