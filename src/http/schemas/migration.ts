import { Type } from 'typebox';
import { WATCHDOG } from '../../domain/migration/watchdog.ts';
import { DIFFERENCE_CLASSES } from '../../ports/comparisons.ts';
import { MIGRATED, PHASES } from '../../ports/phase-store.ts';
import { dateTime, limit, nullable, ref, text, wholeNumber } from './common.ts';
import { jobId } from './migration-jobs.ts';

const dataSet = Type.Enum([...MIGRATED], {
  description: '`programs`: the hot copies of programs; `search`: the index of search documents.',
  examples: ['programs'],
});

const phase = Type.Enum([...PHASES], {
  description:
    '`off`: no copies. `dual-write`: copies follow every write. `read-fallback`: a share of reads comes from the copies. `primary`: all of them.',
  examples: ['read-fallback'],
});

const percent = (description: string) =>
  Type.Integer({ minimum: 0, maximum: 100, description, examples: [10] });

const reason = (description: string) => text(0, 500, { description, examples: ['evening traffic is over'] });

const record = {
  dataSet,
  phase,
  readPercent: percent('Share of keys that are read from the copies in `read-fallback`, in per cent.'),
  epoch: wholeNumber('Grows by one with each change; 0: never changed. The `ETag` is made of it.', 4),
  changedAt: dateTime('When it was last changed.'),
  changedBy: Type.String({
    description: `Who or what changed it; \`${WATCHDOG}\` lowers reads by itself.`,
    examples: ['api'],
  }),
  reason: Type.String({ description: 'Why, as given.', examples: ['evening traffic is over'] }),
};

export const MigrationPhase = Type.Object(record, {
  $id: 'MigrationPhase',
  additionalProperties: false,
  description: 'The control record of a data set, as it is or was.',
});

const outbox = Type.Object(
  {
    pending: wholeNumber('Keys whose copies are about to be written.', 3),
    parked: wholeNumber('Keys whose copies can not be made; they are read from the catalogue.', 0),
    oldestAgeMs: Type.Number({
      minimum: 0,
      description: 'How far the copies are behind, in milliseconds.',
      examples: [12],
    }),
  },
  { additionalProperties: false, description: 'What the copies do not have yet.' },
);

const blockers = Type.Array(Type.String(), {
  description: 'What stands in the way and what to do about it; none: the step can be taken.',
  examples: [['no backfill has finished since the writes are marked: run a backfill']],
});

const next = Type.Unsafe<unknown>({
  anyOf: [
    Type.Object(
      { phase, readPercent: percent('Share of reads after the step, in per cent.'), blockers },
      { additionalProperties: false },
    ),
    { type: 'null' },
  ],
  description: 'The next step forwards; `null` at the end.',
  examples: [{ phase: 'read-fallback', readPercent: 10, blockers: [] }],
});

const instances = Type.Array(
  Type.Object(
    {
      instanceId: Type.String({ description: 'Of one process.', examples: ['web-1-0199b2c4'] }),
      epoch: wholeNumber('Of the control record that it acts on.', 4),
      ageMs: Type.Number({ minimum: 0, description: 'Milliseconds since it said so.', examples: [310] }),
    },
    { additionalProperties: false },
  ),
  { description: 'Processes that are live.' },
);

const newest = (description: string) =>
  Type.Unsafe<unknown>({ anyOf: [ref('MigrationJob'), { type: 'null' }], description, examples: [null] });

export const MigrationStatus = Type.Object(
  {
    ...record,
    migratable: Type.Boolean({
      description: 'Whether the copies have a store of their own: else there is nothing to migrate.',
      examples: [true],
    }),
    outbox,
    comparisons: wholeNumber('Reads that were compared since the last change.', 1203),
    mismatches: wholeNumber('Those of them that found a copy wrong.', 0),
    comparisonsByClass: Type.Record(Type.String(), Type.Integer({ minimum: 0 }), {
      description: 'The comparisons by what they came to.',
      examples: [{ match: 1203 }],
    }),
    backfill: newest('The newest backfill.'),
    lastVerification: newest('The newest verification.'),
    repair: newest('The newest repair.'),
    next,
    instances,
  },
  {
    $id: 'MigrationStatus',
    additionalProperties: false,
    description: 'Where the migration of a data set stands.',
  },
);

export const Migrations = items('Migrations', 'MigrationStatus', 'Where each migration stands.');

export const MigrationHistory = items('MigrationHistory', 'MigrationPhase', 'Changes, the newest first.');

export const PhaseChange = Type.Object(
  {
    phase,
    readPercent: Type.Optional(
      percent(
        'Share of reads from the copies, for `read-fallback`. Left out, it stays as it is; 0 at first, and 100 on the way back.',
      ),
    ),
    force: Type.Optional(
      Type.Boolean({
        description: 'Take the step whatever stands in its way. It is logged.',
        examples: [false],
      }),
    ),
    reason: Type.Optional(reason('Why, for the history.')),
  },
  {
    $id: 'PhaseChange',
    additionalProperties: false,
    description: 'A step of a migration.',
    examples: [{ phase: 'read-fallback', readPercent: 10 }],
  },
);

const version = (whose: string) =>
  nullable(Type.Integer({ examples: [3] }), `The version ${whose}; \`null\`: not there, or not readable.`);

const key = Type.String({
  description: 'The id of the program or document.',
  examples: ['blade-runner-1982'],
});

export const MigrationDifference = Type.Object(
  {
    key,
    class: Type.Enum([...DIFFERENCE_CLASSES], {
      description: 'How they differ: `new` is the copy, `old` the catalogue.',
      examples: ['new-older'],
    }),
    truthVersion: version('in the catalogue'),
    copyVersion: version('of the copy'),
    paths: Type.Array(Type.String(), {
      description: 'What differs, as JSON Pointers; never values.',
      examples: [['/title']],
    }),
    foundBy: Type.String({
      description: '`shadow`, or the id of the job that found it.',
      examples: ['shadow'],
    }),
    firstSeen: dateTime('When it was first found.'),
    lastSeen: dateTime('When it was last found.'),
    times: wholeNumber('How often it was found.', 2),
  },
  { $id: 'MigrationDifference', additionalProperties: false, description: 'A copy that was found wrong.' },
);

export const MigrationDifferences = items(
  'MigrationDifferences',
  'MigrationDifference',
  'Copies that were found wrong, last seen first.',
);

export const ParkedKey = Type.Object(
  {
    key,
    version: wholeNumber('Of the write that can not be copied.', 3),
    attempts: wholeNumber('How often it was tried.', 10),
    reason: Type.String({
      description: 'What went wrong at last.',
      examples: ['the program takes 410000 bytes and DynamoDB holds at most 409600'],
    }),
    parkedAt: dateTime('When it was given up.'),
  },
  { $id: 'ParkedKey', additionalProperties: false, description: 'A key whose copy can not be made.' },
);

export const ParkedKeys = items('ParkedKeys', 'ParkedKey', 'Keys whose copies can not be made, by key.');

export const dataSetParams = Type.Object({ dataSet }, { additionalProperties: false });
export const historyQuery = limited('changes');
export const parkedQuery = limited('keys');
export const differencesQuery = Type.Object(
  {
    class: Type.Optional(MigrationDifference.properties.class),
    jobId: Type.Optional(
      Type.String({ ...jobId, description: 'Only what this job found; `shadow`: what reads found.' }),
    ),
    limit: limit(100, 1000, 'differences'),
  },
  { additionalProperties: false },
);

function items(id: string, item: string, description: string) {
  return Type.Object(
    { items: Type.Array(ref(item), { description }) },
    { $id: id, additionalProperties: false, description },
  );
}

function limited(noun: string) {
  return Type.Object({ limit: limit(100, 1000, noun) }, { additionalProperties: false });
}
