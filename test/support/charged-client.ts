/**
 * A ConnectWise client whose next block a payment provider charges: both over HTTP, the real command
 * line, weeks in seconds.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectwiseSandbox, startConnectwiseSandbox } from '../sandbox/connectwise/index.ts';
import { releaseClock, setClock } from '../upgrade/clock.ts';
import { ask } from '../upgrade/program.ts';

interface Provider {
  vendor: string;
  settings: Record<string, string>;
  /** Name of the setting that is a secret, and its value. */
  secret: readonly [name: string, value: string];
  customer: string;
}

interface Payments {
  recharges: { state: string; reason: string | null; charge: string | null }[];
  sums: { states: { state: string; reasons: { reason: string; count: number }[] }[] }[];
  mandates: { scheme: string; status: string }[];
}

const noticeDays = 2;
const start = '2026-03-02T09:00:00Z';

export class ChargedClient {
  readonly psa: ConnectwiseSandbox;
  readonly folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-recharge-'));
  #now = new Date(start);

  private constructor(psa: ConnectwiseSandbox) {
    this.psa = psa;
  }

  /** Before the provider's sandbox, which counts its days from when it starts. */
  static async open(): Promise<ChargedClient> {
    setClock(start);
    return new ChargedClient(await startConnectwiseSandbox());
  }

  async close(): Promise<void> {
    releaseClock();
    await this.psa.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Nine of ten hours are used. */
  configure({ vendor, settings, secret, customer }: Provider): void {
    const { companyId, publicKey, privateKey, clientId } = this.psa.config;
    const company = this.#workNineHours();
    const [setting, value] = secret;
    const connections = {
      psa: {
        vendor: 'connectwise',
        baseUrl: this.psa.baseUrl,
        companyId,
        publicKey: reference('CW_PUBLIC_KEY'),
        privateKey: reference('CW_PRIVATE_KEY'),
        clientId: reference('CW_CLIENT_ID'),
        alerts: { board: 'Billing' },
      },
      bank: { vendor, ...settings, [setting]: reference('PROVIDER_SECRET') },
    };
    const standard = {
      activate: 'on-payment',
      recharge: { collect: 'bank', noticeDays },
      replenish: [{ when: { hoursLeft: 2 }, do: ['recharge'], offer: 'ten' }],
    };
    const client = {
      name: 'Dupont',
      ids: { psa: company, bank: customer },
      agreement: 'standard',
      openingBlocks: [{ hours: 10, rate: 120, purchasedOn: '2026-02-01' }],
    };
    const config = {
      mode: 'live',
      timezone: 'Europe/Paris',
      locale: 'en',
      currency: 'EUR',
      store: './data/prepaid-hours.db',
      pushTo: 'psa',
      history: '1 month',
      connections,
      offers: { ten: { hours: 10, rate: 120, product: 'BLOCK-10' } },
      agreements: { standard },
      clients: [client],
    };
    // JSON is YAML, too.
    writeFileSync(join(this.folder, 'connector.yaml'), JSON.stringify(config, null, 2));
    const secrets = {
      CW_PUBLIC_KEY: publicKey,
      CW_PRIVATE_KEY: privateKey,
      CW_CLIENT_ID: clientId,
      PROVIDER_SECRET: value,
    };
    const lines = Object.entries(secrets).map(([name, text]) => `${name}=${text}\n`);
    writeFileSync(join(this.folder, '.env'), lines.join(''), { mode: 0o600 });
  }

  #workNineHours(): number {
    const { state } = this.psa;
    const at = '2026-02-20T09:00:00Z';
    const company = state.addCompany({ name: 'Dupont', at });
    const board = state.addBoard({ name: 'Help Desk' });
    const member = state.addMember({ name: 'Anke Peeters' });
    const workType = state.addWorkType({ name: 'Remote' });
    const ticket = state.addTicket({ company, board, summary: 'Migration', at });
    const from = '2026-02-21T09:00:00Z';
    state.addTime({ ticket, member, workType, start: from, hours: '9.00', at });
    state.closeTicket(ticket, at);
    return company;
  }

  async run(): Promise<void> {
    this.#advance(60_000);
    await this.ask(['run'], [0, 4]);
  }

  /** A run a day. */
  async pass(days: number): Promise<void> {
    for (let each = 0; each < days; each += 1) {
      this.#advance(86_400_000);
      await this.run();
    }
  }

  /** Low, approved, invoiced, charged two days after the client was told. */
  async charge(): Promise<void> {
    await this.run();
    const { messages } = await this.ask<{ messages: { key: string; kind: string }[] }>([
      ...['outbox', 'list', '--status', 'unapproved'],
    ]);
    const note = messages.find(({ kind }) => kind === 'ticket-note');
    await this.ask(['outbox', 'approve', String(note?.key)]);
    await this.run();
    await this.pass(noticeDays + 1);
  }

  #advance(ms: number): void {
    this.#now = new Date(this.#now.getTime() + ms);
    setClock(this.#now.toISOString());
  }

  ask<T>(args: readonly string[], exitCodes?: readonly number[]): Promise<T> {
    return ask<T>(this.folder, args, exitCodes);
  }

  /** Left, and as overage. */
  async hours(): Promise<number[]> {
    const { clients } = await this.ask<{
      clients: { settledSeconds: number; overageSeconds: number }[];
    }>(['balances']);
    const [client] = clients;
    return [client?.settledSeconds, client?.overageSeconds].map((seconds = 0) => seconds / 3600);
  }

  payments(): Promise<Payments> {
    return this.ask(['report', 'payments']);
  }

  notes(): string[] {
    return this.psa.state.listTickets().flatMap(({ notes }) => notes.map(({ text }) => text));
  }

  subjects(): string[] {
    return this.psa.state.listTickets().map(({ summary }) => summary);
  }
}

/** A reference to a secret. */
function reference(name: string): string {
  return `\${${name}}`;
}
