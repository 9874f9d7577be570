/**
 * `npm run test:real`: the whole product, in live mode, against a Request Tracker that nobody here wrote;
 * first the connector by itself, then the command line from end to end, at last with a MeshCentral beside
 * it. Where one cannot be had, it says why and passes: nothing was tried.
 */
import { besideSteps } from './beside.ts';
import { prepareMeshcentral, type RealMeshcentral } from './meshcentral/prepare.ts';
import { pushingSteps } from './request-tracker/connector-pushing.ts';
import { readingSteps } from './request-tracker/connector-reading.ts';
import { prepareRequestTracker, type RealRequestTracker } from './request-tracker/prepare.ts';
import { deploy } from './scenario.ts';
import { steps } from './steps.ts';

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

let passed = 0;
const versions = new Set([`Node ${process.version}`]);

async function attempt(name: string, work: () => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  try {
    await work();
  } catch (error) {
    say(`FAILED: ${name}`);
    throw error;
  }
  passed += 1;
  say(`ok: ${name} (${Math.round(performance.now() - startedAt)} ms)`);
}

async function withRequestTracker(work: (rt: RealRequestTracker) => Promise<void>): Promise<void> {
  const rt = await prepareRequestTracker();
  if ('skipped' in rt) {
    say(`SKIPPED, nothing was tried, nor MeshCentral beside it: ${rt.skipped}`);
    return;
  }
  try {
    await rt.start();
    versions.add(`Request Tracker ${rt.version}`);
    say(`Request Tracker ${rt.version} at ${rt.baseUrl}`);
    await work(rt);
  } finally {
    await rt.dispose();
  }
}

async function withMeshcentral(work: (mesh: RealMeshcentral) => Promise<void>): Promise<void> {
  const mesh = await prepareMeshcentral();
  if ('skipped' in mesh) {
    say(`SKIPPED, MeshCentral was not tried: ${mesh.skipped}`);
    return;
  }
  try {
    versions.add(`MeshCentral ${mesh.version}`);
    say(`MeshCentral ${mesh.version} at ${mesh.baseUrl}`);
    await work(mesh);
  } finally {
    await mesh.dispose();
  }
}

const startedAt = performance.now();
await withRequestTracker(async (rt) => {
  for (const [name, step] of [...readingSteps, ...pushingSteps]) {
    await attempt(`the connector ${name}`, () => step(rt));
  }
});
await withRequestTracker(async (rt) => {
  const deployment = deploy(rt);
  try {
    for (const [name, step] of steps) await attempt(name, () => step(deployment));
    await withMeshcentral(async (mesh) => {
      for (const [name, step] of besideSteps) await attempt(name, () => step(deployment, mesh));
    });
    say(`${[...versions].join(', ')}: ${deployment.summary()}`);
  } finally {
    deployment.remove();
  }
});
const seconds = Math.round((performance.now() - startedAt) / 1000);
if (passed > 0) say(`${passed} passed, 0 failed, in ${seconds} s`);
