import * as z from 'zod';
import { parseGlob } from '../../../base/glob.ts';
import { choice, duration, text, texts } from '../toml/fields.ts';

/** The front matter of a spec as a person writes it. Every key is optional. */
export const specSchema = z
  .strictObject({
    id: text({ description: 'Default: the SPEC-nnn of the file name, else the file name.' }),
    title: text({ description: 'Default: the first heading.' }),
    depends_on: texts({ description: 'Ids of the specs that must be accepted before this one starts.' }),
    strategy: choice(['solo', 'pipeline', 'competition'], {
      description: 'How the session works. This version has "solo" alone.',
    }),
    agent: text({ description: 'An [agents.NAME] of orchestra.toml, or "blocks".' }),
    gate: texts({ description: 'Commands run by the orchestrator in the worktree; all must exit 0.' }),
    touches: texts(
      { description: 'Globs of what will change; specs whose globs overlap never run at the same time.' },
      'invalid-glob',
      (value) => parseGlob(value).ok,
    ),
    timeout: duration('100ms', '168h', { description: 'How long its session may work, all tries together.' }),
    estimate: duration('100ms', '168h', { description: 'Expected time; recorded runs count more.' }),
    allow_empty: z
      .boolean()
      .meta({ description: 'Whether work that changes nothing is accepted.', default: false })
      .optional(),
  })
  .meta({ title: 'Spec', description: 'Front matter of a spec, between two lines `+++`.' });

/** The checked raw front matter. */
export type SpecToml = z.infer<typeof specSchema>;
