import type { Command } from 'commander';
import { KindError } from '../../domain/errors.ts';
import { instantFromMs } from '../../domain/time.ts';
import { plainText } from '../../reports/format/plain-text.ts';
import type { MessageStatus, PushMessageRow } from '../../store/port.ts';
import type { Style } from '../output/style.ts';
import type { TableColumn } from '../output/table.ts';
import type { Cli, Scope } from '../scope.ts';

const statuses: readonly MessageStatus[] = [
  'pending',
  'claimed',
  'delivered',
  'dead',
  'withheld',
  'cancelled',
  'unapproved',
];

const styles: Partial<Record<MessageStatus, Style>> = {
  dead: 'red',
  withheld: 'yellow',
  unapproved: 'yellow',
};

export function defineOutbox(outbox: Command, cli: Cli): void {
  cli
    .add(outbox, 'list', 'all messages', 'outbox list --status dead,withheld', { isDefault: true })
    .option('--status <statuses>', `one or more of ${statuses.join(', ')}`)
    .action((options: { status?: string }, command: Command) =>
      cli.withApp(command, 'read', async (scope) => {
        const filter =
          options.status === undefined ? {} : { statuses: readStatuses(options.status) };
        const messages = await scope.app.store.listMessages(filter);
        scope.answer({ messages: messages.map(toJson) }, () => listText(messages, scope));
        return 0;
      }),
    );
  cli
    .add(
      outbox,
      'show <key>',
      'one message in full; the start of the key is enough',
      'outbox show KEY',
    )
    .action((key: string, _options: unknown, command: Command) =>
      cli.withApp(command, 'read', async (scope) => {
        const message = await readMessage(scope, key);
        const payload: unknown = JSON.parse(message.payload);
        scope.answer({ ...toJson(message), payload }, () => messageText(message, scope));
        return 0;
      }),
    );
  addDecision(outbox, cli, 'retry', 'send a dead or withheld message after all');
  addDecision(outbox, cli, 'cancel', 'never send a message');
  addDecision(outbox, cli, 'approve', 'let an unapproved recharge go, with its note to the client');
}

type Decision = 'retry' | 'cancel' | 'approve';

/** The status that follows, and why the decision may be refused. */
const decisions: Record<Decision, { status: MessageStatus; fix: string }> = {
  retry: { status: 'pending', fix: 'Only a dead or withheld message can be retried.' },
  cancel: {
    status: 'cancelled',
    fix: 'A delivered message can only be undone in the system it was delivered to.',
  },
  approve: { status: 'pending', fix: 'Only a message that is unapproved can be approved.' },
};

function addDecision(outbox: Command, cli: Cli, name: Decision, description: string): void {
  cli
    .add(outbox, `${name} <key>`, description, `outbox ${name} KEY`)
    .action((given: string, _options: unknown, command: Command) =>
      cli.withApp(command, 'write', async (scope) => {
        const { store, now } = scope.app;
        const message = await readMessage(scope, given);
        const { key } = message;
        const at = instantFromMs(now());
        const { status, fix } = decisions[name];
        const isDone = await {
          retry: () => store.retryMessage(key, at),
          cancel: () => store.cancelMessage(key, at),
          approve: () => store.approveRecharge(key),
        }[name]();
        if (!isDone) throw new KindError('config', `Message ${key} is ${message.status}.`, { fix });
        scope.answer({ key, status }, () => `Message ${key} is now ${status}.\n`);
        return 0;
      }),
    );
}

function readStatuses(text: string): MessageStatus[] {
  return text.split(',').map((part) => {
    const status = statuses.find((known) => known === part.trim());
    if (status !== undefined) return status;
    throw new KindError('config', `--status: "${plainText(part)}" is not a valid status.`, {
      fix: `Use one of ${statuses.join(', ')}.`,
    });
  });
}

async function readMessage({ app }: Scope, key: string): Promise<PushMessageRow> {
  const exact = await app.store.readMessage(key);
  if (exact !== null) return exact;
  const [found, another] = await app.store.findMessageKeys(key);
  const message = another === undefined && found ? await app.store.readMessage(found) : null;
  if (message !== null) return message;
  const name = `"${plainText(key)}"`;
  const text =
    another === undefined ? `There is no message ${name}.` : `Several keys begin with ${name}.`;
  throw new KindError('config', text, { fix: 'See `prepaid-hours outbox list` for the keys.' });
}

function toJson(message: PushMessageRow) {
  return {
    key: message.key,
    kind: message.kind,
    client: message.clientName,
    connection: message.connection,
    status: message.status,
    attempts: message.attempts,
    remoteId: message.remoteId,
    createdAt: message.createdAt,
    lastError: message.lastError,
  };
}

function listText(messages: readonly PushMessageRow[], { table, format }: Scope): string {
  if (messages.length === 0) return 'No messages.\n';
  const columns: TableColumn[] = [
    { title: 'Key' },
    { title: 'Kind' },
    { title: 'Client', cut: 'name' },
    { title: 'To' },
    { title: 'Status' },
    { title: 'Tries', isFigure: true },
    { title: 'Record' },
    { title: 'Written' },
    { title: 'Last error', cut: 'prose' },
  ];
  const rows = messages.map((message) => {
    const style = styles[message.status];
    return [
      message.key,
      message.kind,
      message.clientName,
      message.connection,
      style === undefined ? message.status : { text: message.status, style },
      String(message.attempts),
      message.remoteLabel ?? message.remoteId ?? '',
      format.time(message.createdAt),
      message.lastError ?? '',
    ];
  });
  return table(columns, rows);
}

/** The payload's texts line by line, as they appear in the vendor's UI. */
function messageText(message: PushMessageRow, { paint }: Scope): string {
  const lines = Object.entries(toJson(message)).map(([name, value]) => fieldText(name, value));
  const payload = JSON.parse(message.payload) as Record<string, unknown>;
  const fields = Object.entries(payload).map(([name, value]) => fieldText(name, value));
  return `${[...lines, paint('bold', 'payload'), ...fields].join('\n')}\n`;
}

function fieldText(name: string, value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const [first = '', ...rest] = text.split('\n').map(plainText);
  return [`${name.padEnd(12)} ${first}`, ...rest.map((line) => `${' '.repeat(13)}${line}`)].join(
    '\n',
  );
}
