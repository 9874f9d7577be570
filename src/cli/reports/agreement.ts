import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Client } from '../../domain/agreements/terms.ts';
import { KindError } from '../../domain/errors.ts';
import { dateInZone, instantFromMs } from '../../domain/time.ts';
import { agreementLabels } from '../../reports/agreement/labels.ts';
import { plainJson, plainText } from '../../reports/format/plain-text.ts';
import { type ComparedAgreement, compareAgreements } from '../../service/agreements/compare.ts';
import { draftAgreement, listAccepted } from '../../service/agreements/draft.ts';
import { openPrinter } from '../../service/publish/print-pdf.ts';
import { findClient } from '../input/find-client.ts';
import { readDate, readWhole } from '../input/values.ts';
import { addFormatOptions, chooseFormat } from '../output/formats.ts';
import type { TableCell } from '../output/table.ts';
import { hangText } from '../output/wrap.ts';
import { writeFile } from '../output/write-file.ts';
import type { Cli, Scope } from '../scope.ts';
import { print } from './statement-files.ts';

const formats = ['text', 'html', 'pdf', 'json'] as const;
type AgreementFormat = (typeof formats)[number];

interface AgreementOptions {
  format?: AgreementFormat;
  out?: string;
  dated?: string;
  accepted?: string;
  evidence?: string;
  by?: string;
  version?: string;
  list?: boolean;
}

export function defineAgreement(agreement: Command, cli: Cli): void {
  addFormatOptions(agreement, formats, 'text on a terminal and html elsewhere')
    .option('--dated <day>', 'the day on the document (default: today)')
    .option('--accepted <day>', 'record that the client accepted it on that day')
    .option('--evidence <reference>', 'with --accepted: where the signed document is')
    .option('--by <name>', 'with --accepted: who signed for the client')
    .option('--version <number>', 'print this accepted version again, as it was')
    .option('--list', 'what each client accepted, and whether today’s terms still agree')
    .action((query: string | undefined, options: AgreementOptions, command: Command) => {
      const access = options.accepted === undefined ? 'read' : 'write';
      return cli.withApp(command, access, (scope) => answerAgreement(scope, query, options));
    });
}

async function answerAgreement(
  scope: Scope,
  query: string | undefined,
  options: AgreementOptions,
): Promise<number> {
  const { app } = scope;
  refuseStray(query, options);
  if (query === undefined || options.list === true) {
    const clients = query === undefined ? app.clients : [findClient(app.clients, query)];
    await answerList(scope, clients);
    return 0;
  }
  const client = findClient(app.clients, query);
  if (options.accepted !== undefined) await answerAccepted(scope, client, options);
  else await answerDocument(scope, client, options);
  return 0;
}

/** Throws `config` for options that do not go together. */
function refuseStray(query: string | undefined, options: AgreementOptions): void {
  const { accepted, evidence, by, version, dated, out, format } = options;
  const isWriting = [accepted, version, dated, out, format].some((one) => one !== undefined);
  if (query === undefined && isWriting) throw new KindError('config', 'Whose agreement?');
  if (accepted === undefined && (evidence !== undefined || by !== undefined)) {
    throw new KindError('config', '--evidence and --by belong to --accepted.', {
      fix: 'Add --accepted DAY: the day on which the client signed.',
    });
  }
  if (accepted !== undefined && evidence === undefined) {
    throw new KindError('config', '--accepted needs --evidence.', {
      fix: 'Say where the signed document is: an envelope, a file or a ticket.',
    });
  }
  if (version === undefined || (accepted ?? dated) === undefined) return;
  throw new KindError('config', '--version prints what was accepted; it has its own day.', {
    fix: 'Remove --dated and --accepted, or --version.',
  });
}

async function answerAccepted(
  { app, deps, answer, format }: Scope,
  client: Client,
  { accepted = '', evidence = '', by, dated }: AgreementOptions,
): Promise<void> {
  const found = await deps.service.acceptAgreement(app, {
    client,
    datedOn: readDay('--dated', dated, client, app.now),
    acceptedOn: readDate('--accepted', accepted),
    evidence,
    acceptedBy: by ?? null,
  });
  const { version, datedOn, acceptedOn, termsHash, htmlHash, textHash, runId } = found;
  const hashes = { termsHash, htmlHash, textHash };
  answer({ client: client.name, version, datedOn, acceptedOn, evidence, ...hashes, runId }, () => {
    const name = plainText(client.name);
    const what = `version ${version}, of ${format.day(datedOn)}`;
    return `${name} accepted ${what}, on ${format.day(acceptedOn)} (${plainText(evidence)}).
Print it again: prepaid-hours agreement "${name}" --version ${version}
`;
  });
}

function readDay(
  option: string,
  text: string | undefined,
  { timezone }: Client,
  now: () => number,
): string {
  return text === undefined ? dateInZone(instantFromMs(now()), timezone) : readDate(option, text);
}

interface Printed {
  client: string;
  version: number;
  datedOn: string;
  termsHash: string;
  html: string;
  text: string;
  json: object;
}

async function answerDocument(
  scope: Scope,
  client: Client,
  options: AgreementOptions,
): Promise<void> {
  const { app, deps, isJson, answer, paint } = scope;
  const { out, version, dated } = options;
  const isAccepted = version !== undefined;
  const printed = isAccepted
    ? await readVersion(scope, client, readWhole('--version', version))
    : await draft(scope, client, readDay('--dated', dated, client, app.now));
  const usual = out === undefined && deps.isOutTerminal ? 'text' : 'html';
  const format = chooseFormat(options, formats, { isJson, usual });
  const notice = isAccepted ? null : noticeOf(scope);
  if (out === undefined) printOut(scope, printed, format);
  else {
    const file = resolve(out);
    writeFile(file, await spell(scope, client, printed, format));
    const { datedOn, termsHash } = printed;
    const shown = { client: client.name, version: printed.version, datedOn, termsHash };
    answer({ ...shown, format, file, notice }, () => {
      const name = plainText(client.name);
      const line = `Agreement with ${name}, version ${printed.version}: ${file}\n`;
      return isAccepted ? line : `${line}${nextStep(name, datedOn)}`;
    });
  }
  if (notice === null || isJson) return;
  const columns = deps.isErrTerminal ? deps.columns : null;
  deps.err(`${paint('yellow', hangText('', notice, columns))}\n`);
}

function nextStep(name: string, datedOn: string): string {
  return `Once it is signed:
  prepaid-hours agreement "${name}" --dated ${datedOn} --accepted DAY --evidence REF
`;
}

/** Null: the MSP's counsel approved the document. */
function noticeOf({ app: { config } }: Scope): string | null {
  if (config.contract.reviewedOn !== null) return null;
  return `${agreementLabels('en').notice} Then set contract.reviewedOn in the config.`;
}

async function draft({ app }: Scope, client: Client, datedOn: string): Promise<Printed> {
  const document = await draftAgreement(app, client, datedOn);
  const { title, intro, clauses, terms } = document;
  return { ...document, json: { title, intro, clauses, terms } };
}

async function readVersion({ app }: Scope, client: Client, version: number): Promise<Printed> {
  const found = await app.store.readAcceptedAgreement(client.id, version);
  if (found === null) {
    const all = await listAccepted(app.store, client.id);
    const known = all.map((one) => one.version).join(', ');
    const fix = known === '' ? 'It has accepted none.' : `Accepted versions: ${known}.`;
    throw new KindError('config', `${client.name} has not accepted a version ${version}.`, { fix });
  }
  const { terms, html, text, clientId: _, ...kept } = found;
  return { ...found, client: client.name, json: { ...kept, terms: JSON.parse(terms), text } };
}

function printOut({ deps }: Scope, printed: Printed, format: AgreementFormat): void {
  if (format === 'json') deps.out(jsonOf(printed));
  else if (format === 'html') deps.out(printed.html);
  else deps.out(broken(printed.text, deps.isOutTerminal ? deps.columns : null));
}

/** Lines that a terminal would break anywhere are broken at words, below their text. */
function broken(text: string, columns: number | null): string {
  const lines = text.split('\n').map((line) => {
    const [, head = '', rest = ''] = /^(\s*(?:- |\d+\.\d+ )?)(.*)$/.exec(line) ?? [];
    return hangText(head, rest, columns);
  });
  return lines.join('\n');
}

function jsonOf({ client, version, datedOn, termsHash, json }: Printed): string {
  return `${plainJson({ client, version, datedOn, termsHash, ...json })}\n`;
}

async function spell(
  { app, deps }: Scope,
  client: Client,
  printed: Printed,
  format: AgreementFormat,
): Promise<string | Buffer> {
  if (format === 'json') return jsonOf(printed);
  if (format !== 'pdf') return printed[format];
  const printer = await openPrinter(app.config.file, deps.env);
  try {
    return await print(printer, printed.html, client);
  } finally {
    await printer.close();
  }
}

async function answerList(scope: Scope, clients: readonly Client[]): Promise<void> {
  const { app, answer, format, list } = scope;
  const { config, store } = app;
  const names = new Set(clients.map(({ name }) => name));
  const all = await compareAgreements(store, { config, clients: app.clients }, format);
  const agreements = all.filter(({ client }) => names.has(client));
  answer({ agreements }, () =>
    list(agreements, [
      ['Client', ({ client }) => client, 'name'],
      ['Version', ({ accepted }) => accepted?.version.toString() ?? '', 'figure'],
      ['Accepted', ({ accepted: one }) => (one === null ? 'not yet' : format.day(one.acceptedOn))],
      ['By', ({ accepted }) => accepted?.acceptedBy ?? ''],
      ['Evidence', ({ accepted }) => accepted?.evidence ?? ''],
      ['Terms today', stateCell],
    ]),
  );
}

function stateCell({ accepted, changes }: ComparedAgreement): TableCell {
  if (accepted === null) return '';
  if (changes.length === 0) return 'the same';
  const count = changes.length === 1 ? '1 differs' : `${changes.length} differ`;
  return { text: `${count}: see check`, style: 'yellow' };
}
