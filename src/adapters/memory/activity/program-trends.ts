import type { TrendWindow } from '../../../domain/discovery/trend-score.ts';
import { addScores, decayedViews, viewScore } from '../../../domain/discovery/trend-score.ts';
import { compareText } from '../../../domain/text.ts';
import type {
  CategoryTrend,
  Trend,
  TrendQuery,
  View,
  ViewAttributes,
} from '../../../ports/activity-store.ts';
import type { ViewTotal } from '../../../ports/program-catalog.ts';

interface ProgramTrend {
  readonly attributes: ViewAttributes;
  /** When the view happened that the attributes are of. */
  readonly attributesMs: number;
  readonly scores: Readonly<Record<TrendWindow, number>>;
  readonly total: number;
  readonly confirmed: number;
}

/** Scores and totals by program. */
export function createProgramTrends() {
  const byProgram = new Map<string, ProgramTrend>();
  // In the order in which they began to wait, so that programs viewed all the time never hold up the others.
  const unconfirmed = new Set<string>();

  return {
    add(view: View): void {
      byProgram.set(view.programId, withView(byProgram.get(view.programId), view));
      unconfirmed.add(view.programId);
    },

    top({ window, filter, limit }: TrendQuery, nowMs: number): readonly Trend[] {
      return [...byProgram]
        .filter(([, { attributes }]) => matches(attributes, filter))
        .map(([programId, { scores }]) => ({ programId, score: scores[window] }))
        .sort((a, b) => b.score - a.score || compareText(a.programId, b.programId))
        .slice(0, limit)
        .map(({ programId, score }) => ({ programId, score: decayedViews(window, score, nowMs) }));
    },

    topCategories(window: TrendWindow, limit: number, nowMs: number): readonly CategoryTrend[] {
      return [...scoreByCategory(byProgram.values(), window)]
        .sort(([a, aScore], [b, bScore]) => bScore - aScore || compareText(a, b))
        .slice(0, limit)
        .map(([category, score]) => ({ category, score: decayedViews(window, score, nowMs) }));
    },

    unconfirmed(limit: number): readonly ViewTotal[] {
      const totals: ViewTotal[] = [];
      for (const programId of unconfirmed) {
        if (totals.length >= limit) break;
        totals.push({ programId, total: byProgram.get(programId)?.total ?? 0 });
      }
      return totals;
    },

    confirm({ programId, total }: ViewTotal): void {
      const trend = byProgram.get(programId);
      if (trend === undefined) return;
      const confirmed = Math.max(trend.confirmed, Math.min(trend.total, total));
      byProgram.set(programId, { ...trend, confirmed });
      unconfirmed.delete(programId);
      if (confirmed < trend.total) unconfirmed.add(programId);
    },
  };
}

function withView(before: ProgramTrend | undefined, { attributes, occurredAt }: View): ProgramTrend {
  const atMs = occurredAt.getTime();
  if (before === undefined) {
    const scoreOf = (window: TrendWindow) => viewScore(window, atMs);
    const scores = { '1h': scoreOf('1h'), '24h': scoreOf('24h'), '7d': scoreOf('7d') };
    return { attributes: { ...attributes }, attributesMs: atMs, scores, total: 1, confirmed: 0 };
  }
  const sumOf = (window: TrendWindow) => addScores(before.scores[window], viewScore(window, atMs));
  const isNewer = atMs >= before.attributesMs;
  return {
    attributes: isNewer ? { ...attributes } : before.attributes,
    attributesMs: Math.max(atMs, before.attributesMs),
    scores: { '1h': sumOf('1h'), '24h': sumOf('24h'), '7d': sumOf('7d') },
    total: before.total + 1,
    confirmed: before.confirmed,
  };
}

function matches(
  attributes: ViewAttributes,
  { category, language, contentType }: TrendQuery['filter'],
): boolean {
  return (
    (category === undefined || attributes.category === category) &&
    (language === undefined || attributes.language === language) &&
    (contentType === undefined || attributes.contentType === contentType)
  );
}

// Added as logarithms: so categories that nobody viewed for years still have an order.
function scoreByCategory(trends: Iterable<ProgramTrend>, window: TrendWindow): Map<string, number> {
  const scores = new Map<string, number>();
  for (const { attributes, scores: scored } of trends) {
    const before = scores.get(attributes.category) ?? Number.NEGATIVE_INFINITY;
    scores.set(attributes.category, addScores(before, scored[window]));
  }
  return scores;
}
