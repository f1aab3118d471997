import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { jsonSchemas } from '../../../src/engine/config/json-schema.ts';

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
}

/** Dotted keys that no editor could explain. */
function withoutDescription(schema: Schema, key: string): readonly string[] {
  const inner = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  const properties = { ...schema.properties, ...inner?.properties };
  return [
    ...(schema.description === undefined ? [key] : []),
    ...Object.entries(properties).flatMap(([name, property]) => withoutDescription(property, `${key}.${name}`)),
  ];
}

describe('json schemas', () => {
  it('in the tree are what the zod schemas generate', async () => {
    for (const [name, schema] of Object.entries(jsonSchemas())) {
      const text = await readFile(new URL(`../../../schemas/${name}`, import.meta.url), 'utf8');
      // Run scripts/generate-schema.ts when this fails.
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(schema)));
    }
  });

  it('describe every key', () => {
    for (const [name, schema] of Object.entries(jsonSchemas())) {
      assert.deepEqual(withoutDescription(schema as Schema, name), []);
    }
  });
});
