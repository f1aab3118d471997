import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { jsonSchemas } from '../src/engine/config/json-schema.ts';

// Writes schemas/*.json from the zod schemas. Run with `node --import tsx scripts/generate-schema.ts` after a change of a key.
const folder = fileURLToPath(new URL('../schemas/', import.meta.url));
await mkdir(folder, { recursive: true });
for (const [name, schema] of Object.entries(jsonSchemas())) {
  const text = await format(JSON.stringify(schema), { parser: 'json', printWidth: 120 });
  await writeFile(`${folder}${name}`, text);
}
