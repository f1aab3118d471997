import assert from 'node:assert/strict';
import { parseOrchestraToml } from '../../../src/engine/config/orchestra-toml/parse-orchestra-toml.ts';
import { selectSpecs } from '../../../src/engine/config/select-specs.ts';
import { parseSpec } from '../../../src/engine/config/spec-file/parse-spec.ts';
import { resolveSpecs } from '../../../src/engine/config/spec-file/resolve-specs.ts';
import type { Spec } from '../../../src/engine/model/spec.ts';

/** Specs from `id: dependencies`, checked as those of files are. */
function specsOf(graph: Readonly<Record<string, readonly string[]>>): readonly Spec[] {
  const { config } = parseOrchestraToml('', '/w/orchestra.toml', { cpuCount: 1, drivers: [] });
  const drafts = Object.entries(graph).flatMap(([id, dependsOn]) => {
    const text = `+++\nid = "${id}"\ndepends_on = ${JSON.stringify(dependsOn)}\n+++\n# T\nx`;
    return parseSpec(text, `/w/${id}.md`).draft ?? [];
  });
  return resolveSpecs(drafts, config).specs;
}

describe('selectSpecs', () => {
  const specs = specsOf({ 'SPEC-001': [], 'SPEC-002': ['SPEC-001'], 'SPEC-003': ['SPEC-002'], 'SPEC-004': [] });
  const show = (wanted: readonly string[]): object => {
    const result = selectSpecs(specs, wanted);
    if (!result.ok) return result.failure;
    return { specs: result.value.specs.map(({ id }) => id), selected: [...result.value.selected] };
  };

  it('takes the wanted ones and all that they need, in the given order', () => {
    assert.deepEqual(show(['spec-003']), { specs: ['SPEC-001', 'SPEC-002', 'SPEC-003'], selected: ['SPEC-003'] });
    assert.deepEqual(show(['SPEC-004', 'SPEC-001']), {
      specs: ['SPEC-001', 'SPEC-004'],
      selected: ['SPEC-004', 'SPEC-001'],
    });
  });

  it('takes all when none is named', () => {
    const all = specs.map(({ id }) => id);
    assert.deepEqual(show([]), { specs: all, selected: all });
  });

  it('names all that do not exist, with what was probably meant', () => {
    assert.deepEqual(show(['SPEC-01', 'SPEC-001', 'auth']), {
      reason: 'unknown-specs',
      unknown: [
        { id: 'SPEC-01', suggestion: 'SPEC-001' },
        { id: 'auth', suggestion: '' },
      ],
    });
  });
});
