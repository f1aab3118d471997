/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { render } from 'preact';
import { App } from './app.tsx';
import { openHost } from './host.ts';

const root = document.querySelector('#root');
if (root) render(<App host={openHost()} />, root);
