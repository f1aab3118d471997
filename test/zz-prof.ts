import { PtyHostRig, exitOf } from './rig/pty-host.ts';
import { execFileSync } from 'node:child_process';
const N=1000;
function bare(par: number): number {
  return Number(execFileSync(process.execPath, ['-e', `
const pty=require('/work/main/node_modules/node-pty');let started=0,done=0;const t0=performance.now();
function next(){ if(started>=${N})return; started++; const p=pty.spawn('/bin/true',[],{cols:80,rows:24,cwd:'/tmp',env:{PATH:process.env.PATH}}); p.onExit(()=>{done++; if(done===${N}) {console.log(performance.now()-t0);process.exit()} next();}); }
for(let i=0;i<${par};i++) next();
`]).toString());
}
async function host(par: number): Promise<number> {
  const rig = await PtyHostRig.create();
  const {writeFileSync}=await import('node:fs'); const {bundledPtyHost}=await import('./rig/pty-host.ts'); writeFileSync('/tmp/exp/bundle-path', await bundledPtyHost()); const c = await rig.connect({hostScript:'/tmp/exp/wrapp.cjs'});
  const waiting = new Map<string, () => void>();
  c.onSignal((s) => { if (s.type === 'exited') { waiting.get(s.id)?.(); waiting.delete(s.id); } });
  const t0 = performance.now();
  let n = 0;
  const worker = async () => { while (n < N) { const id = `t${n++}`; const p = new Promise<void>((r) => waiting.set(id, r)); await c.spawn(rig.launch(id, '', { file: '/bin/true', args: [] })); await p; } };
  await Promise.all(Array.from({ length: par }, worker));
  const ms = performance.now() - t0;
  await rig.dispose();
  return ms;
}
for (const par of [2]) for (let k = 0; k < 1; k++) { const b = bare(par); const h = await host(par); console.log(par, 'bare', b.toFixed(0), 'host', h.toFixed(0), (h / b).toFixed(2)); }
