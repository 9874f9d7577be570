/** A small MSP in two sandboxes, with a config file for the real command line in a folder of its own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectwiseSandbox, startConnectwiseSandbox } from '../sandbox/connectwise/index.ts';
import { type NinjaoneSandbox, startNinjaoneSandbox } from '../sandbox/ninjaone/index.ts';
import {
  type CommandResult,
  runCommand,
  type StartedCommand,
  startCommand,
} from './run-command.ts';
import { runHere } from './run-here.ts';

export interface SmallMspOptions {
  mode?: 'live' | 'observe';
  /** The address of a database, in place of a file. */
  store?: string;
  /** Lines of YAML that take the place of the usual `schedule`. */
  schedule?: string;
  /** More lines of YAML, at the top level. */
  more?: string;
  /** Variables that they refer to. */
  env?: Record<string, string>;
  workTypes?: string;
  privateKey?: string;
  /** Martin is not in the config (any more). */
  martin?: 'left-out';
  /** Commands run in the test's process, where only `start` begins one; what they log is not in their result. */
  isHere?: true;
}

export interface SmallMsp {
  psa: ConnectwiseSandbox;
  rmm: NinjaoneSandbox;
  /** Ids in the PSA. Dupont runs low, Martin does not, nobody has configured Stranger. */
  ids: { dupont: number; martin: number; stranger: number; board: number; member: number };
  /** Martin's organization in the RMM. */
  organization: number;
  workTypes: { remote: number; travel: number };
  technician: number;
  configFile: string;
  store: string;
  /** Writes the config file anew with other options. */
  configure(options: SmallMspOptions): void;
  run(...args: string[]): Promise<CommandResult>;
  /** Without the usual `--config`. */
  runAs(...args: string[]): Promise<CommandResult>;
  start(...args: string[]): StartedCommand;
  /** The JSON document of a command, whatever its exit code; one that only reads has no process of its own. */
  ask<T>(...args: string[]): Promise<T>;
  /** A ticket of the client with its time, an hour long unless told, entered on that day of March. */
  addWork(work: Work): { ticket: number; entry: number };
}

export interface Work {
  company: number;
  day?: number;
  hours?: string;
  workType?: number;
  isOpen?: boolean;
  /** Entered just now, not on its day. */
  isNew?: boolean;
}

export const pageSize = 10;
export const psaTickets = { dupont: 14, martin: 11 };
export const rmmTickets = 6;

/** 25 tickets with an entry each in the PSA, 6 in the RMM; Dupont bought 15 h and uses 14 of them. */
export async function withSmallMsp(
  options: SmallMspOptions,
  use: (msp: SmallMsp) => Promise<void>,
): Promise<void> {
  const psa = await startConnectwiseSandbox();
  const rmm = await startNinjaoneSandbox();
  const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-'));
  try {
    await use(createMsp(psa, rmm, folder, options));
  } finally {
    await psa.close();
    await rmm.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** For what is no affair of processes: a command takes a tenth of the time. */
export function withMspHere(
  options: SmallMspOptions,
  use: (msp: SmallMsp) => Promise<void>,
): Promise<void> {
  return withSmallMsp({ ...options, isHere: true }, use);
}

function createMsp(
  psa: ConnectwiseSandbox,
  rmm: NinjaoneSandbox,
  folder: string,
  options: SmallMspOptions,
): SmallMsp {
  const { state } = psa;
  const at = '2026-02-10T09:00:00Z';
  const company = (name: string) => state.addCompany({ name, at });
  const ids = {
    dupont: company('Dupont'),
    martin: company('Martin'),
    stranger: company('Stranger'),
    board: state.addBoard({ name: 'Help Desk' }),
    member: state.addMember({ name: 'Anke Peeters' }),
  };
  state.addCustomField({ caption: 'Prepaid hours left' });
  const workTypes = {
    remote: state.addWorkType({ name: 'Remote' }),
    travel: state.addWorkType({ name: 'Travel' }),
  };
  const organization = rmm.state.addOrganization('Martin');
  const technician = rmm.state.addTechnician('Anke', 'Peeters');
  const configFile = join(folder, 'connector.yaml');
  const usual = ['--config', configFile];
  const environment = { env: { LOG_LEVEL: 'info', LOG_FORMAT: 'json' }, workingFolder: folder };
  const run: SmallMsp['runAs'] =
    options.isHere === true ? runHere : (...args) => runCommand(args, environment);
  const msp: SmallMsp = {
    psa,
    rmm,
    ids,
    organization,
    workTypes,
    technician,
    configFile,
    store: options.store ?? join(folder, 'data', 'prepaid-hours.db'),
    configure: (changed) => writeFiles(msp, folder, changed),
    run: (...args) => run(...args, ...usual),
    runAs: run,
    start: (...args) => startCommand([...args, ...usual], environment),
    async ask<T>(...args: string[]): Promise<T> {
      const { stdout, stderr } = await (isReading(args) ? runHere : run)(
        ...args,
        '--json',
        ...usual,
      );
      if (stdout === '') throw new Error(`${args.join(' ')} answered nothing: ${stderr}`);
      return JSON.parse(stdout) as T;
    },
    addWork: (work) => addWork(msp, work),
  };
  fill(msp);
  msp.configure(options);
  return msp;
}

function isReading([first = '', second = '']: readonly string[]): boolean {
  return ['balances', 'verify', 'report'].includes(first) || second === 'list';
}

function addWork(msp: SmallMsp, work: Work): { ticket: number; entry: number } {
  const { state } = msp.psa;
  const { company, day = 2, hours = '1.00', workType = msp.workTypes.remote } = work;
  const instant = (time: string) => `2026-03-${String(day).padStart(2, '0')}T${time}Z`;
  const at = (time: string) => (work.isNew === true ? new Date().toISOString() : instant(time));
  const ticket = state.addTicket({
    company,
    board: msp.ids.board,
    summary: `Work of March ${day}`,
    at: at('09:00:00'),
  });
  const entry = state.addTime({
    ticket,
    member: msp.ids.member,
    workType,
    start: instant('10:00:00'),
    hours,
    at: at('12:00:00'),
  });
  if (work.isOpen !== true) state.closeTicket(ticket, at('13:00:00'));
  return { ticket, entry };
}

function fill(msp: SmallMsp): void {
  const { ids, rmm, organization, technician } = msp;
  for (const name of ['dupont', 'martin'] as const) {
    for (let day = 1; day <= psaTickets[name]; day += 1) msp.addWork({ company: ids[name], day });
  }
  for (let day = 1; day <= rmmTickets; day += 1) {
    const ticketId = rmm.state.addTicket({
      organizationId: organization,
      subject: `Alert of March ${day}`,
      at: `2026-03-0${day}T14:00:00Z`,
    });
    const at = `2026-03-0${day}T15:00:00Z`;
    const startedAt = `2026-03-0${day}T14:30:00Z`;
    rmm.state.addTime({ ticketId, technicianId: technician, seconds: 1800, at, startedAt });
    rmm.state.closeTicket(ticketId, `2026-03-0${day}T15:05:00Z`);
  }
}

function writeFiles(msp: SmallMsp, folder: string, options: SmallMspOptions): void {
  const { psa, rmm } = msp;
  mkdirSync(folder, { recursive: true });
  writeFileSync(msp.configFile, configText(msp, options));
  const environment = {
    CW_COMPANY_ID: psa.config.companyId,
    CW_PUBLIC_KEY: psa.config.publicKey,
    CW_PRIVATE_KEY: options.privateKey ?? psa.config.privateKey,
    CW_CLIENT_ID: psa.config.clientId,
    NINJA_CLIENT_ID: rmm.settings.clientId,
    NINJA_CLIENT_SECRET: rmm.settings.clientSecret,
    ...options.env,
  };
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(folder, '.env'), lines.join(''), { mode: 0o600 });
}

function configText(msp: SmallMsp, options: SmallMspOptions): string {
  const { ids, organization, psa, rmm } = msp;
  const workTypes = options.workTypes ?? '{ covered: [Remote], excluded: [Travel] }';
  const martin = `  - name: Martin
    ids: { psa: ${ids.martin}, rmm: ${organization} }
    agreement: standard
    openingBlocks: [{ hours: 30, rate: 120.00, purchasedOn: 2026-02-01 }]
`;
  return `mode: ${options.mode ?? 'live'}
timezone: Europe/Paris
locale: en
currency: EUR
store: ${msp.store}
pushTo: psa
history: 1 month
balanceField: { connection: psa, field: "Prepaid hours left" }
connections:
  psa:
    vendor: connectwise
    baseUrl: ${psa.baseUrl}
    companyId: \${CW_COMPANY_ID}
    publicKey: \${CW_PUBLIC_KEY}
    privateKey: \${CW_PRIVATE_KEY}
    clientId: \${CW_CLIENT_ID}
    alerts: { board: Billing }
    pageSize: ${pageSize}
  rmm:
    vendor: ninjaone
    baseUrl: ${rmm.baseUrl}
    clientId: \${NINJA_CLIENT_ID}
    clientSecret: \${NINJA_CLIENT_SECRET}
    boards: [All tickets]
${options.schedule ?? ''}
${options.more ?? ''}
offers:
  ten: { hours: 10, rate: 120.00, product: BLOCK-10 }
agreements:
  standard:
    workTypes: ${workTypes}
    replenish:
      - { when: { hoursLeft: 2 }, do: [alert, invoice], offer: ten, tell: [msp, client] }
clients:
  - name: Dupont
    ids: { psa: ${ids.dupont} }
    agreement: standard
    openingBlocks: [{ hours: 15, rate: 120.00, purchasedOn: 2026-02-01 }]
${options.martin === 'left-out' ? '' : martin}`;
}
