import * as z from 'zod';
import { orchestraSchema } from './orchestra-toml/orchestra-schema.ts';
import { specSchema } from './spec-file/spec-schema.ts';

/** The JSON schemas for editors, by file name: what `schemas/` holds. */
export function jsonSchemas(): Readonly<Record<string, object>> {
  const options = { target: 'draft-7', io: 'input' } as const;
  return {
    'orchestra.schema.json': z.toJSONSchema(orchestraSchema, options),
    'spec.schema.json': z.toJSONSchema(specSchema, options),
  };
}
