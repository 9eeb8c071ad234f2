import { setTimeout as delay } from 'node:timers/promises';
import type { ProxyMode } from '../../tcp-proxy/proxy-mode.ts';
import type { Dice } from '../dice.ts';
import type { LimitWorker } from './limit-worker.ts';

const PROCESS_FAULTS = ['kill', 'freeze'] as const;
const NETWORK_FAULTS = ['delay', 'drop', 'cut', 'cut-after-request'] as const;
type ProcessFault = (typeof PROCESS_FAULTS)[number];
type NetworkFault = (typeof NETWORK_FAULTS)[number];

/** How often each fault came. */
export type FaultCounts = Readonly<Record<ProcessFault | NetworkFault, number>>;

/** Longer than calls wait. Milliseconds. */
const DELAY_MS = 600;
const MOST_PAUSE_MS = 600;
const UNANSWERED_MS = 50;

/** Kills, freezes and cuts off workers at random for so long, and until each fault has come; all is well when it resolves. */
export async function runNemesis(
  workers: readonly LimitWorker[],
  dice: Dice,
  durationMs: number,
): Promise<FaultCounts> {
  const counts = { kill: 0, freeze: 0, delay: 0, drop: 0, cut: 0, 'cut-after-request': 0 };
  const endsAt = performance.now() + durationMs;
  const repeat = async <Fault extends keyof typeof counts>(
    faults: readonly Fault[],
    own: Dice,
    inflict: (fault: Fault, worker: LimitWorker) => Promise<void>,
  ): Promise<void> => {
    for (let turn = 0; performance.now() < endsAt || turn < faults.length; turn += 1) {
      const fault = turn < faults.length ? (faults[turn] ?? own.pick(faults)) : own.pick(faults);
      await delay(own.below(MOST_PAUSE_MS));
      await inflict(fault, own.pick(workers));
      counts[fault] += 1;
    }
  };
  const ofProcess = dice.fork();
  const ofNetwork = dice.fork();
  await Promise.all([
    repeat(PROCESS_FAULTS, ofProcess, (fault, worker) => hurtProcess(fault, worker, ofProcess)),
    repeat(NETWORK_FAULTS, ofNetwork, (fault, worker) => hurtNetwork(fault, worker, ofNetwork)),
  ]);
  return counts;
}

async function hurtProcess(fault: ProcessFault, worker: LimitWorker, dice: Dice): Promise<void> {
  if (fault === 'kill') return await killAtWork(worker);
  worker.signal('SIGSTOP');
  await delay(300 + dice.below(1700));
  worker.signal('SIGCONT');
}

/** With operations under way: nothing is answered for a moment before. */
async function killAtWork(worker: LimitWorker): Promise<void> {
  await worker.proxy.set({ kind: 'drop' });
  await delay(UNANSWERED_MS);
  await worker.kill();
  await worker.proxy.set({ kind: 'pass' });
  await worker.start();
}

async function hurtNetwork(fault: NetworkFault, { proxy }: LimitWorker, dice: Dice): Promise<void> {
  const mode: ProxyMode = fault === 'delay' ? { kind: fault, ms: DELAY_MS } : { kind: fault };
  await proxy.set(mode);
  await delay(200 + dice.below(1000));
  await proxy.set({ kind: 'pass' });
}
