#!/usr/bin/env node
// Stands in for the program of a desktop VS Code: @vscode/test-electron starts it as `vscodeExecutablePath`.
import { register } from 'tsx/esm/api';

register();
const { runVscode } = await import('./run-vscode.ts');
process.exit(await runVscode(process.argv.slice(2)));
