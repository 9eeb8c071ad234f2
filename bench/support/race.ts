import { print, printFigure, quantile } from './report.ts';

/** Something that can be done over and over. */
export interface Contender {
  /** Makes ready what the next round does; it is not measured. */
  readonly prepare?: (round: number) => Promise<void>;
  /** Does the `index`th piece of work of a round. */
  readonly run: (index: number) => Promise<unknown>;
}

/** One that is somewhere else, and plays a round when it is asked: pieces a second. */
export interface DistantContender {
  readonly play: () => Promise<number>;
}

export interface RaceOptions {
  readonly name: string;
  /** Pieces of work in a round. */
  readonly count: number;
  readonly concurrency: number;
  readonly rounds: number;
  /** The least ratio of ours to the rival's. */
  readonly goal: number;
  /** Default: the bare client. */
  readonly rival?: string;
}

/**
 * Lets ours and the rival take turns, which goes first changing each round, and prints the median of the rounds' ratios: what
 * else the machine does weighs on both alike.
 */
export async function race(
  ours: Contender | DistantContender,
  rival: Contender | DistantContender,
  options: RaceOptions,
): Promise<void> {
  const ratios: number[] = [];
  const rates = { ours: [] as number[], rival: [] as number[] };
  // The first round warms both up.
  for (let round = 0; round <= options.rounds; round += 1) {
    const order = round % 2 === 0 ? (['ours', 'rival'] as const) : (['rival', 'ours'] as const);
    const measured = { ours: 0, rival: 0 };
    for (const who of order) {
      const contender = who === 'ours' ? ours : rival;
      measured[who] = await ('play' in contender ? contender.play() : playHere(contender, round, options));
    }
    if (round === 0) continue;
    rates.ours.push(measured.ours);
    rates.rival.push(measured.rival);
    ratios.push(measured.ours / measured.rival);
  }
  const ratio = quantile(ratios, 0.5);
  const perSecond = (values: readonly number[]) => Math.round(quantile(values, 0.5)).toLocaleString('en');
  print(
    `${options.name}: ours ${perSecond(rates.ours)}/s, ${options.rival ?? 'bare client'} ${perSecond(rates.rival)}/s`,
  );
  printFigure('  ratio, median of the rounds', ratio.toFixed(2), {
    text: `at least ${options.goal}`,
    met: ratio >= options.goal,
  });
}

async function playHere(contender: Contender, round: number, options: RaceOptions): Promise<number> {
  await contender.prepare?.(round);
  return rateOf(contender, options);
}

/** Pieces a second. */
export async function rateOf(
  { run }: Contender,
  { count, concurrency }: Pick<RaceOptions, 'count' | 'concurrency'>,
): Promise<number> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      await run(index);
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: concurrency }, worker));
  return (1000 * count) / (performance.now() - begun);
}
