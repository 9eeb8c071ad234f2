import { Type } from 'typebox';

/** The stores that readiness speaks of. */
const CHECKS = ['catalog', 'hotPrograms', 'searchIndex', 'counters'] as const;

const check = Type.Enum(['up', 'down', 'unused'], {
  description: '`unused`: not part of this set-up.',
  examples: ['up'],
});

export const Readiness = Type.Object(
  {
    status: Type.Enum(['ready', 'degraded', 'unavailable'], {
      description: '`degraded`: something that the service can do without is not there.',
      examples: ['ready'],
    }),
    phase: Type.Enum(['off', 'dual-write', 'read-fallback', 'primary'], {
      description: 'Where the migration of the programs to the hot store stands.',
      examples: ['off'],
    }),
    checks: Type.Object(Object.fromEntries(CHECKS.map((name) => [name, check])), {
      additionalProperties: false,
      description: 'Each store, at most a second ago.',
    }),
  },
  { $id: 'Readiness', additionalProperties: false, description: 'Whether the service can serve.' },
);

export const Liveness = Type.Object(
  { status: Type.Literal('live', { description: 'The process runs.', examples: ['live'] }) },
  { $id: 'Liveness', additionalProperties: false, description: 'The process runs.' },
);

export const Index = Type.Object(
  {
    name: Type.String({ description: 'What this is.', examples: ['MediaMesh'] }),
    version: Type.String({ description: 'Its version.', examples: ['0.1.0'] }),
    links: Type.Record(Type.String(), Type.String(), {
      description: 'Where to go from here.',
      examples: [{ docs: '/docs' }],
    }),
  },
  { $id: 'Index', additionalProperties: false, description: 'Where to go from here.' },
);
