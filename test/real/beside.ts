/** What the product does with a real MeshCentral beside the Request Tracker of `steps.ts`, from where those end. */
import assert from 'node:assert/strict';
import type { RealMeshcentral, Session } from './meshcentral/prepare.ts';
import type { Deployment, RunReport, StoredSession } from './scenario.ts';
import { hours, minutes, pick } from './steps.ts';

type Step = readonly [
  name: string,
  run: (deployment: Deployment, mesh: RealMeshcentral) => Promise<void>,
];

export const besideSteps: readonly Step[] = [
  ['MeshCentral is added, and check finds certificate, rights, groups and users', checks],
  ['MeshCentral killed in the middle of its first run keeps nothing of RT back', survivesKill],
  ['once it runs again, sessions are read with who, where and how long', readsSessions],
  ['the session that nobody logged is reported, with who, where and how long', reportsUnlogged],
  ['later sessions are read beside a ticket that is opened again', readsMore],
  ['two more runs change nothing, and what stands in RT stands once', staysQuiet],
  ['the ledger agrees with itself to the end, sessions or not', verifies],
];

const firstSessions: readonly Session[] = [
  { technician: 'tess', group: 'Dupont', kind: 'terminal', seconds: 3 },
  { technician: 'rita', group: 'Martin', kind: 'files', seconds: 2 },
  { technician: 'tess', group: 'Martin', kind: 'files', seconds: 5 },
  { technician: 'nora', group: 'Martin', kind: 'terminal', seconds: 4 },
];
const laterSessions: readonly Session[] = [
  { technician: 'rita', group: 'Dupont', kind: 'files', seconds: 4 },
  { technician: 'rita', group: 'Dupont', kind: 'terminal', seconds: 6 },
];

/** The ticket of Dupont's that is merged, closed, and opened again. */
let scanner = '';
/** The first run asks for a year, day by day: by then it is somewhere in the middle. */
const piecesUntilKill = 100;

async function checks(deployment: Deployment, mesh: RealMeshcentral): Promise<void> {
  deployment.addMeshcentral(mesh);
  const { exitCode, stdout, stderr } = await deployment.command('check', '--json');
  assert.equal(exitCode, 0, `${stdout}\n${stderr}`);
  for (const id of ['certificate', 'auth', 'groups', 'users', 'sessions']) {
    assert.match(stdout, new RegExp(`"[^"]*\\b${id}"`), `check says nothing of ${id}`);
  }
}

/** 50 min corrected to 40, by the quarter hour 45; 10 and 20 min on two tickets that were merged, 30. */
async function survivesKill(deployment: Deployment, mesh: RealMeshcentral): Promise<void> {
  const { rt, run, balanceOf } = deployment;
  const held = mesh.holdSessions(firstSessions);
  const laptop = await rt.createTicket({ queue: 'Dupont', subject: 'Slow laptop' });
  await rt.logTime(laptop, 'tess', 50);
  await rt.correctTime(laptop, 'rita', 40);
  await rt.resolve(laptop);
  scanner = await rt.createTicket({ queue: 'Dupont', subject: 'Scanner' });
  await rt.logTime(scanner, 'tess', 10);
  const twin = await rt.createTicket({ queue: 'Dupont', subject: 'Scans are blank' });
  await rt.logTime(twin, 'rita', 20);
  await rt.merge(twin, scanner);
  await rt.resolve(scanner);
  await held;
  const killed = new Promise<void>((resolve) => {
    mesh.middleman.after(piecesUntilKill, () => void mesh.kill().then(resolve));
  });
  const report = await run();
  await killed;
  assert.notEqual(report.exitCode, 0);
  const failed = report.steps.filter(({ error }) => error !== null);
  assert.deepEqual(
    failed.map(({ connection }) => connection),
    ['rmm'],
  );
  process.stdout.write(`   killed: ${failed[0]?.error}\n`);
  assert.deepEqual(pick(await balanceOf('Dupont Plomberie')), [hours(12) - minutes(75), 0, 0]);
  assert.deepEqual(deployment.storedSessions(), []);
}

async function readsSessions(deployment: Deployment, mesh: RealMeshcentral): Promise<void> {
  await mesh.start();
  const report = await deployment.run();
  assert.equal(report.exitCode, 0, JSON.stringify(report));
  await expectSessions(deployment, mesh, firstSessions);
}

/** The server's own log has the same ends and lengths; what we held, the same people and places. */
async function expectSessions(
  deployment: Deployment,
  mesh: RealMeshcentral,
  held: readonly Session[],
): Promise<void> {
  const stored = deployment.storedSessions();
  assert.deepEqual(
    stored.map(({ seconds, endedMs }) => ({ seconds, endedMs })),
    (await mesh.readLog()).map(({ seconds, endedMs }) => ({ seconds, endedMs })),
  );
  const names = { tess: 'Tess Tech', rita: 'Rita Remote', nora: 'Nora Night' };
  const order = (a: Held, b: Held) =>
    `${a.client} ${a.email}`.localeCompare(`${b.client} ${b.email}`) || a.seconds - b.seconds;
  const expected = held
    .map(({ technician, group, seconds }): Held => {
      const email = `${technician}@rt.test`;
      return { client: mesh.groups[group], technician: names[technician], email, seconds };
    })
    .toSorted(order);
  const found = stored.toSorted(order);
  assert.equal(found.length, expected.length);
  for (const [index, { seconds, ...who }] of expected.entries()) {
    assert.partialDeepStrictEqual(found[index], who);
    // The connection was open a little longer than it was used.
    const longer = (found[index]?.seconds ?? 0) - seconds;
    assert.ok(longer >= 0 && longer <= 1, `${who.email} held it ${longer} s longer`);
  }
  assert.ok(stored.every(({ device }) => device !== 'null' && device !== ''));
}

type Held = Pick<StoredSession, 'client' | 'technician' | 'email' | 'seconds'>;

/** Tess and Rita logged more than their sessions took; Nora logged nothing. */
async function reportsUnlogged(deployment: Deployment, mesh: RealMeshcentral): Promise<void> {
  const { exitCode, stdout } = await deployment.command('report', 'unlogged', '--json');
  assert.equal(exitCode, 0);
  const report = JSON.parse(stdout) as {
    rows: { client: string; technician: string; seconds: number; state: string }[];
    unmatched: unknown[];
  };
  const session = deployment.storedSessions().find(({ email }) => email === 'nora@rt.test');
  assert.equal(session?.client, mesh.groups.Martin);
  const rows = report.rows.map(({ client, technician, seconds, state }) => {
    return { client, technician, seconds, state };
  });
  const expected = { client: 'Cabinet Martin', technician: 'Nora Night', state: 'reported' };
  assert.deepEqual(rows, [{ ...expected, seconds: session?.seconds }]);
  assert.deepEqual(report.unmatched, []);
}

/** 20 min more on the scanner make 50, by the quarter hour 60. */
async function readsMore(deployment: Deployment, mesh: RealMeshcentral): Promise<void> {
  const { rt, run, balanceOf } = deployment;
  const held = mesh.holdSessions(laterSessions);
  await rt.reopen(scanner);
  await rt.logTime(scanner, 'rita', 20);
  await rt.resolve(scanner);
  await held;
  const report = await run();
  assert.equal(report.exitCode, 0, JSON.stringify(report));
  assert.deepEqual(pick(await balanceOf('Dupont Plomberie')), [hours(12) - minutes(105), 0, 0]);
  await expectSessions(deployment, mesh, [...firstSessions, ...laterSessions]);
}

async function staysQuiet(deployment: Deployment, mesh: RealMeshcentral): Promise<void> {
  const { rt, run } = deployment;
  for (const _ of ['one', 'two']) {
    const report = await run();
    assert.equal(report.exitCode, 0, JSON.stringify(report));
    assert.deepEqual(changesOf(report), []);
    await expectSessions(deployment, mesh, [...firstSessions, ...laterSessions]);
  }
  assert.equal((await rt.searchTickets("Queue = 'Alerts'")).length, 1);
  assert.equal((await rt.searchTickets("Queue = 'Billing'")).length, 1);
}

function changesOf({ steps }: RunReport): string[] {
  return steps
    .filter(({ changed, posted, messages, delivered }) => changed + posted + messages + delivered)
    .map(({ step, connection }) => `${step} ${connection}`);
}

async function verifies({ command, balanceOf }: Deployment): Promise<void> {
  const { exitCode, stdout } = await command('verify', '--json');
  assert.deepEqual([exitCode, JSON.parse(stdout)], [0, { ok: true }]);
  assert.deepEqual(pick(await balanceOf('Dupont Plomberie')), [hours(12) - minutes(105), 0, 0]);
}
