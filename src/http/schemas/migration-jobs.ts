import { Type } from 'typebox';
import { JOB_KINDS, JOB_STATES } from '../../ports/migration-jobs.ts';
import { MIGRATED } from '../../ports/phase-store.ts';
import { dateTime, limit, nullable, ref, wholeNumber } from './common.ts';

export const jobId = Type.String({
  maxLength: 64,
  pattern: '^[A-Za-z0-9-]+$',
  description: 'The id of a job.',
  examples: ['0199b2c4-5f0e-7c3a-9a55-2f6f4d1c8a10'],
});

const kind = Type.Enum([...JOB_KINDS], {
  description:
    '`backfill` writes copies of everything; `verify` compares; `repair` compares and has wrong copies written anew.',
  examples: ['backfill'],
});

const state = Type.Enum([...JOB_STATES], {
  description: '`running` and `paused` go on after a restart; the others are final.',
  examples: ['running'],
});

const dataSet = Type.Enum([...MIGRATED], {
  description: 'The data set that it works on.',
  examples: ['programs'],
});

const MAX_RATE = 1_000_000;
const MAX_CONCURRENCY = 256;

const ratePerSecond = nullable(
  Type.Integer({ minimum: 1, maximum: MAX_RATE, examples: [500] }),
  'Most keys a second, over all instances; `null`: no bound.',
);

const concurrency = Type.Integer({
  minimum: 1,
  maximum: MAX_CONCURRENCY,
  description: 'Keys at once of each worker.',
  examples: [32],
});

const numberOrNull = (description: string, example: number) =>
  nullable(Type.Number({ minimum: 0, examples: [example] }), description);

export const MigrationJob = Type.Object(
  {
    jobId,
    dataSet,
    kind,
    state,
    startedBy: Type.String({ description: 'Who or what started it.', examples: ['api'] }),
    createdAt: dateTime('When it was started.'),
    updatedAt: dateTime('When it last got on.'),
    finishedAt: nullable(dateTime(''), 'When it ended; `null` while it has not.'),
    ratePerSecond,
    concurrency,
    done: wholeNumber('Keys done.', 1200),
    total: nullable(
      Type.Integer({ minimum: 0, examples: [3200] }),
      'About how many there are; `null`: not known.',
    ),
    counts: Type.Record(Type.String(), Type.Integer({ minimum: 0 }), {
      description: 'Keys by what became of them.',
      examples: [{ applied: 1180, duplicate: 20 }],
    }),
    parts: Type.Object(
      {
        total: wholeNumber('Parts that workers share.', 16),
        done: wholeNumber('Those that are finished.', 6),
      },
      { additionalProperties: false, description: 'The parts of the work.' },
    ),
    itemsPerSecond: numberOrNull('Keys a second since it was started; `null`: none is done yet.', 840.5),
    secondsLeft: numberOrNull('How long it will take at that rate; `null`: not known.', 3),
    reason: nullable(
      Type.String({ examples: ['request checkout-7f3a'] }),
      'Why it failed, was paused or was cancelled.',
    ),
  },
  { $id: 'MigrationJob', additionalProperties: false, description: 'A backfill, verification or repair.' },
);

export const MigrationJobs = Type.Object(
  { items: Type.Array(ref('MigrationJob'), { description: 'Jobs, newest first.' }) },
  { $id: 'MigrationJobs', additionalProperties: false, description: 'Jobs, newest first.' },
);

const settings = {
  ratePerSecond: Type.Optional(ratePerSecond),
  concurrency: Type.Optional(concurrency),
};

export const JobSettings = Type.Object(settings, {
  $id: 'JobSettings',
  additionalProperties: false,
  description: 'How fast a job goes. Left out: without a bound, 32 keys at once.',
  examples: [{ ratePerSecond: 500 }],
});

export const JobPatch = Type.Object(
  {
    state: Type.Optional(
      Type.Enum(['paused', 'running'], {
        description: 'Pause it, or let it go on. What has ended stays as it is.',
        examples: ['paused'],
      }),
    ),
    ...settings,
  },
  {
    $id: 'JobPatch',
    additionalProperties: false,
    minProperties: 1,
    description: 'A change of a job, at once and for all workers.',
    examples: [{ state: 'paused' }],
  },
);

export const jobParams = Type.Object({ jobId }, { additionalProperties: false });

export const jobsQuery = Type.Object(
  {
    dataSet: Type.Optional(dataSet),
    kind: Type.Optional(kind),
    state: Type.Optional(state),
    limit: limit(50, 500, 'jobs'),
  },
  { additionalProperties: false },
);
