import type { View } from '../../ports/activity-store.ts';
import type { ProgramDraft } from '../program/program.ts';
import { createSeededRandom } from './seeded-random.ts';

type Film = Required<ProgramDraft>;

const SEED = 1895;
const VIEWS = 3000;
const SPAN_MS = 7 * 24 * 3_600_000;
const VIEWERS = ['demo-ada', 'demo-blaise', 'demo-grace', 'demo-kurt', 'demo-sofia'];
const USUAL_MINUTES = 105;

/**
 * Made-up views of the last seven days, so that trends and viewers' lists have something to show from the start. Which
 * films, when and by whom depends on nothing but the films and the moment. One view in twenty belongs to a demo viewer.
 *
 * A film is as likely as the square root of its votes times a luck of its own, so that what is trending is not simply
 * what is popular. Views grow denser towards now: one in thirteen falls into the last hour.
 */
export function demoViews(films: readonly Film[], nowMs: number): readonly View[] {
  const random = createSeededRandom(SEED);
  const pick = weightedPick(films, random);
  return Array.from({ length: VIEWS }, (_, index) => {
    const film = pick(random());
    const ageMs = Math.floor(SPAN_MS * random() ** 2);
    const isNamed = random() < 0.05;
    return toView(
      film,
      index,
      nowMs - ageMs,
      isNamed ? VIEWERS[index % VIEWERS.length] : undefined,
      random(),
    );
  });
}

function toView(film: Film, index: number, atMs: number, userId: string | undefined, share: number): View {
  const { category, language, contentType, metadata } = film;
  const durationSeconds = 60 * Number(metadata.runningTimeMinutes ?? USUAL_MINUTES);
  return {
    programId: film.programId,
    // Named, so that a load that is begun again counts each view once.
    eventId: `demo-view-${index}`,
    occurredAt: new Date(atMs),
    attributes: { category, language, contentType },
    ...(userId === undefined
      ? {}
      : { userId, durationSeconds, positionSeconds: Math.floor(durationSeconds * share) }),
  };
}

/** Maps numbers from 0 to 1 to films, each as often as its weight says. */
function weightedPick(films: readonly Film[], random: () => number): (at: number) => Film {
  let sum = 0;
  const sums = films.map((film) => {
    sum += Math.sqrt(film.viewCount) / (0.02 + random());
    return sum;
  });
  return (at) => {
    const index = sums.findIndex((upTo) => upTo > at * sum);
    const film = films[index === -1 ? 0 : index];
    if (film === undefined) throw new Error('There are no films to view.');
    return film;
  };
}
