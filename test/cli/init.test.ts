import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { registry } from '../../connectors/registry.ts';
import { runCli } from '../../src/cli/program.ts';
import type { Asker, PickManyQuestion } from '../../src/cli/setup/init/asker.ts';
import { questionsMax } from '../../src/cli/setup/init/init.ts';
import { requiredFields } from '../../src/config/write/vendor-fields.ts';
import type { VendorModule } from '../../src/contract/connector.ts';
import { psaSubjects } from '../connectors/subjects.ts';
import { type ConnectwiseSandbox, startConnectwiseSandbox } from '../sandbox/connectwise/index.ts';
import { initBenches } from '../support/init-bench.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-init-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Scripted extends Asker {
  questions: string[];
  said: string[];
}

interface Answers {
  /** By the beginning of the message, then answered in turn; the last one is repeated. */
  [start: string]: readonly string[];
}

/** Answers like somebody who knows; throws at a question that it has no answer for. */
function scriptedAsker(
  answers: Answers,
  pickMany: (question: PickManyQuestion) => readonly string[],
): Scripted {
  const questions: string[] = [];
  const said: string[] = [];
  const turns = new Map<string, number>();
  const answer = async ({ message }: { message: string }): Promise<string> => {
    questions.push(message);
    const start = Object.keys(answers).find((one) => message.startsWith(one));
    if (start === undefined) throw new Error(`No answer to: ${message}`);
    const turn = turns.get(start) ?? 0;
    turns.set(start, turn + 1);
    const all = answers[start] ?? [];
    return all[turn] ?? all.at(-1) ?? '';
  };
  return {
    questions,
    said,
    say: (text) => void said.push(text),
    text: async (question) => {
      // As in the terminal: a refused answer is typed again under the same question.
      for (let last: string | null = null; ; ) {
        const text = await answer(question);
        const fault = question.faultOf?.(text) ?? null;
        if (fault === null) return text;
        if (text === last) throw new Error(`${question.message}: ${fault}`);
        last = text;
        questions.pop();
        said.push(fault);
      }
    },
    secret: answer,
    pick: async (question) => {
      const value = await answer(question);
      expect(question.choices.map((choice) => choice.value)).toContain(value);
      return value;
    },
    pickMany: async (question) => {
      questions.push(question.message);
      return pickMany(question);
    },
  };
}

async function init(asker: Asker | null, ...flags: string[]) {
  return initWith({}, asker, ...flags);
}

async function initWith(env: Record<string, string>, asker: Asker | null, ...flags: string[]) {
  const shown = { out: '', err: '' };
  const never = () => {
    throw new Error('init opens no store');
  };
  const exitCode = await runCli(
    {
      vendors: registry,
      service: new Proxy({} as never, { get: () => never }),
      send: async () => {},
      out: (text) => {
        shown.out += text;
      },
      err: (text) => {
        shown.err += text;
      },
      isOutTerminal: false,
      isErrTerminal: false,
      columns: 80,
      ...(asker === null ? {} : { openAsker: async () => asker }),
      env,
      signal: new AbortController().signal,
      version: '1',
    },
    ['init', '--config', join(folder, 'connector.yaml'), ...flags],
  );
  return { exitCode, ...shown };
}

const flat = (value: unknown, prefix = ''): [string, string][] =>
  Object.entries(value as object).flatMap(([key, inner]): [string, string][] => {
    if (Array.isArray(inner)) return [[prefix + key, inner.join(',')]];
    if (typeof inner === 'object') return flat(inner, `${prefix}${key}.`);
    return [[prefix + key, String(inner)]];
  });

/** As picked from the PSA’s own; where no question is left for it, guessed by its name. */
const products: Record<string, string> = {
  connectwise: 'BLOCK-10',
  autotask: 'Block purchase',
  'kaseya-bms': 'BLOCK-10',
};

/** What the vendor's settings answer, and as flags what is not asked for. */
function answersFrom(
  vendor: VendorModule,
  settings: unknown,
): { answers: Answers; flags: string[] } {
  const asked = new Set(requiredFields(vendor).map(({ key }) => key));
  const rows = flat(settings);
  const answers = Object.fromEntries(
    rows.filter(([key]) => asked.has(key)).map(([key, value]) => [`${key}:`, [value]]),
  );
  const others = rows.filter(([key]) => !asked.has(key) && !key.startsWith('billing.'));
  return {
    answers: {
      'Which PSA': [vendor.id],
      ...answers,
      'The block': ['10@120'],
      'Which product': [products[vendor.id] ?? ''],
      'Write ': ['write'],
    },
    flags: others.flatMap(([key, value]) => ['--set', `${key}=${value}`]),
  };
}

const everyClient = ({ message, choices }: PickManyQuestion) =>
  message.startsWith('Which clients') ? choices.map(({ value }) => value) : [];

describe('asked at a terminal', () => {
  test.each(psaSubjects.map((subject) => [subject.vendor.id, subject] as const))(
    'one %s takes ten questions at most',
    async (_, { vendor, start }) => {
      const { sandbox, settings, clientIds } = await start();
      try {
        const { answers, flags } = answersFrom(vendor, settings);
        const asker = scriptedAsker(answers, everyClient);
        const { exitCode, err } = await init(asker, ...flags);
        expect([exitCode, err]).toEqual([0, '']);
        expect(asker.questions.length).toBeLessThanOrEqual(questionsMax);
        expect(questionsMax).toBe(10);
        const text = readFileSync(join(folder, 'connector.yaml'), 'utf8');
        const product = products[vendor.id];
        if (product !== undefined) expect(text).toContain(`product: ${product} }`);
        for (const id of clientIds) expect(text).toMatch(new RegExp(`psa: "?${id}\\b`));
      } finally {
        await sandbox.close();
      }
    },
  );
});

test.each([
  ['stripe', 'Stripe only collects payments'],
  ['meshcentral', 'MeshCentral has no tickets'],
])('a first config cannot begin with %s, which is added to that of a PSA', async (id, why) => {
  const { exitCode, err } = await init(null, '--vendor', id);
  expect(exitCode).toBe(2);
  expect(err).toContain(why);
  expect(err).toContain(`init connection --vendor ${id}`);
});

describe('with ConnectWise', () => {
  interface Set {
    answers: Answers;
    secrets: string[];
    firstId: string;
    state: ConnectwiseSandbox['state'];
  }

  async function withSandbox(work: (set: Set) => Promise<void>): Promise<void> {
    const { state, config, close } = await startConnectwiseSandbox();
    const company = state.addCompany({ name: 'Zimmer' });
    state.addCompany({ name: 'Dupont' });
    state.addAgreement({ company, name: 'Block 20 h', limit: 6.5 });
    for (const name of ['Remote', 'Travel']) state.addWorkType({ name });
    const vendor = await registry.connectwise?.();
    if (vendor === undefined) throw new Error('connectwise is gone');
    try {
      const { answers } = answersFrom(vendor, config);
      const secrets = [config.publicKey, config.privateKey];
      await work({ answers, secrets, firstId: String(company), state });
    } finally {
      await close();
    }
  }

  const written = () => readFileSync(join(folder, 'connector.yaml'), 'utf8');

  test('a wrong key is asked again, and so is a product that is not there', async () => {
    await withSandbox(async ({ answers, secrets }) => {
      const [, right = ''] = secrets;
      const asker = scriptedAsker(
        {
          ...answers,
          'privateKey:': ['mistyped-key', right],
          'The block': ['10@120 BLOCK-11'],
          'Which product': ['BLOCK-10'],
        },
        everyClient,
      );
      expect(await init(asker)).toMatchObject({ exitCode: 0, err: '' });
      expect(asker.questions.filter((one) => one.startsWith('privateKey:'))).toHaveLength(2);
      expect(asker.questions.filter((one) => one.startsWith('Which product'))).toHaveLength(1);
      expect(asker.said.join('\n')).toContain('BLOCK-11');
      expect(written()).toContain('product: BLOCK-10 }');
      for (const secret of [...secrets, 'mistyped-key']) {
        expect([written(), ...asker.said, ...asker.questions].join('\n')).not.toContain(secret);
      }
    });
  });

  test('the product is guessed by its name, and the review shows and changes it', async () => {
    await withSandbox(async ({ answers, state }) => {
      for (const hours of [5, 20]) state.addCatalogItem({ identifier: `BLOCK-${hours}` });
      state.addCatalogItem({ identifier: 'TONER-10' });
      const guessed = scriptedAsker({ ...answers, 'The block': ['20@110'] }, everyClient);
      expect(await init(guessed)).toMatchObject({ exitCode: 0, err: '' });
      expect(guessed.questions).toHaveLength(questionsMax);
      expect(guessed.questions.at(-1)).toContain('product BLOCK-20, ');
      expect(written()).toContain('product: BLOCK-20 }');

      const changed = scriptedAsker(
        { ...answers, 'Write ': ['product', 'write'], 'Which product': ['TONER-10'] },
        everyClient,
      );
      expect(await init(changed, '--force')).toMatchObject({ exitCode: 0, err: '' });
      expect(written()).toContain('product: TONER-10 }');
    });
  });

  test('a part of the name is enough, and a product that nothing speaks for is typed', async () => {
    await withSandbox(async ({ answers, state }) => {
      state.addCatalogItem({ identifier: 'SRV-1', description: 'Senior engineer' });
      const inactive = state.tables.catalog.list((row) => row.identifier === 'BLOCK-10');
      for (const row of inactive) row.inactiveFlag = true;
      const typed = { ...answers, 'The block': ['10@120', '10@120 senior'] };
      const asker = scriptedAsker(typed, everyClient);
      expect(await init(asker)).toMatchObject({ exitCode: 0, err: '' });
      expect(asker.said).toContain(
        'With its product, for example: 10@120 SRV-1. The PSA has SRV-1',
      );
      expect(asker.questions).toHaveLength(questionsMax);
      expect(written()).toContain('product: SRV-1 }');
    });
  });

  test('clients with a block of the PSA’s own come first and chosen, with what is left', async () => {
    await withSandbox(async ({ answers, firstId }) => {
      let seen: PickManyQuestion | null = null;
      const asker = scriptedAsker(answers, (question) => {
        if (question.message.startsWith('Which clients')) seen = question;
        return question.initial;
      });
      expect(await init(asker)).toMatchObject({ exitCode: 0 });
      expect(seen).toMatchObject({ initial: [firstId] });
      const { choices } = seen as unknown as PickManyQuestion;
      const label = 'Zimmer · 6.5 h left on Block 20 h';
      expect(choices[0]).toMatchObject({ value: firstId, label });
      expect(written()).toMatch(/name: Zimmer, .*openingBlocks: \[\{ hours: 6.5, rate: 120, /);
      expect(written()).not.toContain('Dupont');
    });
  });

  test('the last question shows what was guessed and lets each of it be changed', async () => {
    await withSandbox(async ({ answers }) => {
      const asker = scriptedAsker(
        {
          ...answers,
          'Write ': ['place', 'types', 'blocks', 'write'],
          'Time zone': ['America/Montreal'],
          Currency: ['CAD'],
          Language: ['fr'],
        },
        (question) =>
          question.message.startsWith('Which clients') ? everyClient(question) : ['Travel'],
      );
      expect(await init(asker)).toMatchObject({ exitCode: 0 });
      expect(written()).toContain('timezone: America/Montreal\nlocale: fr');
      expect(written()).toContain('currency: CAD');
      expect(written()).toContain('excluded: [Travel]');
      expect(written()).not.toMatch(/^ .*openingBlocks/m);
    });
  });

  test('whoever cancels finds nothing written', async () => {
    await withSandbox(async ({ answers }) => {
      const asker = scriptedAsker({ ...answers, 'Write ': ['cancel'] }, everyClient);
      expect(await init(asker)).toMatchObject({ exitCode: 2 });
      expect(existsSync(join(folder, 'connector.yaml'))).toBe(false);
      expect(existsSync(join(folder, '.env'))).toBe(false);
    });
  });
});

describe('unattended', () => {
  test.each([
    ['a board', '--set', 'alerts.board=Biling', 'Billing'],
    ['a product', '--product', 'BLOCK-11', 'did you mean "BLOCK-10"?'],
    ['a client', '--clients', '1,999', '999'],
    ['a work type', '--exclude', 'Travelling', 'Travel'],
    ['a setting', '--set', 'basUrl=https://x', 'baseUrl'],
    ['an address', '--set', 'baseUrl=ftp://x', 'baseUrl'],
    ['a currency', '--currency', 'EURO', 'EUR'],
    ['an offer', '--offer', '10 hours', '10@120'],
    ['a secret in the clear', '--set', 'privateKey=sandboxPrivate', 'PSA_PRIVATE_KEY'],
  ])('%s that does not fit is refused by name, and nothing is written', async (_, ...words) => {
    const [flag, value, named] = words;
    const bench = await initBenches.find(({ vendor }) => vendor === 'connectwise')?.start();
    try {
      const { flags = [], env = {} } = bench ?? {};
      const { exitCode, err } = await initWith(env, null, ...flags, flag, value);
      expect(err).toContain(named);
      expect(err).not.toContain('sandboxPrivate');
      expect(exitCode).toBe(2);
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      await bench?.close();
    }
  });
});
