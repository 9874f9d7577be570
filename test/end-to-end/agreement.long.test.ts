import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { dateInZone, instantFromMs } from '../../src/domain/time.ts';
import { type SmallMsp, withMspHere, withSmallMsp } from '../support/small-msp.ts';

const sender = 'sender: { name: Meridian IT, address: [12 rue de la Paix, 75002 Paris] }';
const today = dateInZone(instantFromMs(Date.now()), 'Europe/Paris');
const options = { mode: 'observe', more: sender } as const;

interface Compared {
  client: string;
  accepted: { version: number } | null;
  changes: { term: string; before: string; after: string }[];
}

interface Check {
  checks: { id: string; status: string; detail: string; fix?: string }[];
}

/** The config with 130 instead of 120 an hour, in a file of its own. */
function writeDearer(msp: SmallMsp): string {
  const file = join(msp.configFile, '..', 'dearer.yaml');
  const text = readFileSync(msp.configFile, 'utf8');
  writeFileSync(file, text.replace('rate: 120.00, product', 'rate: 130.00, product'));
  return file;
}

async function accept(msp: SmallMsp, ...more: string[]) {
  const evidence = ['--evidence', 'Envelope 17'];
  return msp.run('agreement', 'Dupont', '--accepted', today, ...evidence, ...more);
}

test('an accepted agreement stays as it was, and what the config then says otherwise is named', async () => {
  await withMspHere(options, async (msp) => {
    expect((await msp.run('run', 'debit')).exitCode).toBe(0);
    const draft = join(msp.configFile, '..', 'draft.html');
    const written = await msp.run('agreement', 'Dupont', '--out', draft);
    expect(written.stdout).toContain(`agreement "Dupont" --dated ${today} --accepted DAY`);
    expect(written.stderr).toContain('have this agreement read by counsel');
    const accepted = await accept(msp, '--by', 'Ann Lee');
    expect(accepted.stdout).toContain('Dupont accepted version 1');

    const dearer = writeDearer(msp);
    const rise = { term: 'offers 10 h rate', before: '€120.00', after: '€130.00' };
    const plan = await msp.runAs('plan', '--config', dearer, '--current', msp.configFile, '--json');
    expect(JSON.parse(plan.stdout)).toMatchObject({
      agreements: [{ client: 'Dupont', changes: [{ term: 'offers 10 h price' }, rise] }],
    });
    const shown = await msp.runAs('plan', '--config', dearer, '--current', msp.configFile);
    expect(shown.stdout).toMatch(/Dupont +version 1 +offers 10 h rate +€120\.00 +€130\.00/);

    writeFileSync(msp.configFile, readFileSync(dearer, 'utf8'));
    const { checks } = await msp.ask<Check>('check', '--offline');
    const found = checks.filter(({ id }) => id === 'agreement');
    expect(found).toMatchObject([{ status: 'warning' }]);
    expect(found[0]?.detail).toContain('offers 10 h rate: €120.00 → €130.00');
    expect(found[0]?.fix).toContain('prepaid-hours agreement "Dupont" --out FILE');
    const again = await msp.run('agreement', 'Dupont', '--version', '1', '--format', 'html');
    expect(again.stdout).toBe(readFileSync(draft, 'utf8'));
  });
});

test('an acceptance survives a rehearsal that is rebuilt, and verifies', async () => {
  await withSmallMsp(options, async (msp) => {
    await msp.run('run');
    await accept(msp);
    msp.configure({ ...options, workTypes: '{ covered: [Remote, Travel] }' });
    expect((await msp.run('run')).stderr).toContain('all balances were recalculated');
    const { agreements } = await msp.ask<{ agreements: Compared[] }>('agreement');
    expect(agreements).toMatchObject([
      {
        client: 'Dupont',
        accepted: { version: 1 },
        changes: [
          { term: 'travel covered', before: 'none', after: 'Travel' },
          { term: 'travel excluded', before: 'Travel', after: 'none' },
          { term: 'work covered', before: 'Remote', after: 'Remote, Travel' },
          { term: 'work excluded', before: 'Travel', after: 'none' },
        ],
      },
      { client: 'Martin' },
    ]);
    expect((await msp.run('verify')).exitCode).toBe(0);
    const { runId } = JSON.parse((await accept(msp, '--json')).stdout) as { runId: string };
    const undone = await msp.run('undo', runId, '--yes');
    expect([undone.exitCode, undone.stderr]).toEqual([2, expect.stringContaining('which stays')]);
  });
});
