// Builds dist/: the programs (Node, CommonJS), the extension, the page of the panel and the files they load at run time.
//   --watch     build again at each change
//   --package   minified, without source maps, with the files of node-pty that the packaged extension needs
import { context, build } from 'esbuild';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, 'dist');
const watch = process.argv.includes('--watch');
const packaging = process.argv.includes('--package');

const shared = {
  absWorkingDir: root,
  bundle: true,
  sourcemap: packaging ? false : 'linked',
  minify: packaging,
  legalComments: 'none',
  logLevel: 'warning',
};

const program = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['node-pty'],
  // CommonJS has no import.meta; these two names stand in for what the sources read from it.
  define: {
    'import.meta.url': 'bundleUrl',
    'import.meta.filename': '__filename',
    'import.meta.dirname': '__dirname',
  },
  banner: { js: "'use strict'; const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  // A dynamic import becomes a require that is called later: modules stay lazy inside one file.
  supported: { 'dynamic-import': false },
};

/**
 * Keeps the engine out of the extension's bundle: `await import('…/engine/engine.ts')` becomes a late require of
 * ./engine.cjs, so that activating the extension does not even read it.
 */
const lazyEngine = {
  name: 'lazy-engine',
  setup(api) {
    api.onResolve({ filter: /\/engine\/engine\.ts$/ }, ({ kind, importer }) => {
      if (kind === 'dynamic-import') return { path: './engine.cjs', external: true };
      return { errors: [{ text: `${importer} loads the engine at once; write await import(...)` }] };
    });
  },
};

const builds = [
  {
    ...program,
    entryPoints: ['src/cli/main.ts'],
    outfile: 'dist/orchestra.cjs',
    banner: { js: `#!/usr/bin/env node\n${program.banner.js}` },
  },
  { ...program, entryPoints: ['src/engine/engine.ts'], outfile: 'dist/engine.cjs' },
  { ...program, entryPoints: ['src/engine/terminal/pty-host-main.ts'], outfile: 'dist/pty-host.cjs' },
  { ...program, entryPoints: ['src/engine/agents/blocks-program.ts'], outfile: 'dist/blocks-agent.cjs' },
  {
    ...program,
    entryPoints: ['src/extension/extension.ts'],
    outfile: 'dist/extension.cjs',
    external: [...program.external, 'vscode'],
    plugins: [lazyEngine],
  },
  {
    ...shared,
    entryPoints: ['src/webview/main.tsx'],
    outfile: 'dist/webview.js',
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  },
];

const copies = [
  ['node_modules/sql.js/dist/sql-wasm.wasm', 'dist/sql-wasm.wasm'],
  ['node_modules/@vscode/codicons/dist/codicon.css', 'dist/codicon.css'],
  ['node_modules/@vscode/codicons/dist/codicon.ttf', 'dist/codicon.ttf'],
];

/** Leaves out entries that are not written yet, so that the parts that are can be built; CI has no such patience. */
function presentBuilds() {
  const missing = builds.filter(({ entryPoints }) => !existsSync(join(root, entryPoints[0])));
  if (missing.length === 0) return builds;
  const names = missing.map(({ entryPoints }) => entryPoints[0]).join(', ');
  if (process.env.CI || packaging) throw new Error(`Entries are missing: ${names}`);
  console.log(`Not there yet, left out: ${names}`);
  return builds.filter((each) => !missing.includes(each));
}

function copyAssets() {
  mkdirSync(dist, { recursive: true });
  for (const [from, to] of copies) cpSync(join(root, from), join(root, to));
}

/** Stages node-pty under dist/, the one place from which a packaged extension can load it; debug symbols stay out. */
function stageNodePty() {
  const from = join(root, 'node_modules', 'node-pty');
  const to = join(dist, 'node_modules', 'node-pty');
  for (const name of ['package.json', 'LICENSE', 'lib', 'prebuilds']) {
    cpSync(join(from, name), join(to, name), {
      recursive: true,
      filter: (path) => !/\.(pdb|map)$|\.test\.js$/.test(path),
    });
  }
}

/** Removes what an earlier build left, but keeps dist/ itself: a watcher or an editor may hold it open. */
function clean() {
  if (!existsSync(dist)) return;
  for (const name of readdirSync(dist)) rmSync(join(dist, name), { recursive: true, force: true });
}

if (watch) {
  copyAssets();
  const contexts = await Promise.all(presentBuilds().map((options) => context({ ...options, logLevel: 'info' })));
  await Promise.all(contexts.map((each) => each.watch()));
} else {
  clean();
  copyAssets();
  await Promise.all(presentBuilds().map((options) => build(options)));
  if (existsSync(join(dist, 'orchestra.cjs'))) chmodSync(join(dist, 'orchestra.cjs'), 0o755);
  if (packaging) stageNodePty();
}
