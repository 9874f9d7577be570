/** Idempotent writes: a record is looked up by its key before it is created, and again afterwards. */
import type {
  Delivered,
  PushOf,
  RemoteState,
  SourceId,
  Withdrawal,
  Withdrawn,
} from '../../../src/contract/connector.ts';
import type { OpenCall } from '../call.ts';
import type { FactBook } from '../checking/facts.ts';
import type { HasContext } from '../reading/remembered.ts';
import type { Recent } from './recent.ts';
import { type ClosableTicket, inspectTicket, type Keyed, withdrawTicket } from './tickets.ts';

/** A record of ours in the vendor's system. `Row`: as found; null if it is not. */
export interface KeyedRecord<C, Message, Row, Id extends string>
  extends Pick<PushOf<Message>, 'isWithdrawnByHand'> {
  /** Noun for the log: `ticket`. */
  noun: string;
  /** Nothing is written if one of these facts is false. Default: `kept`. */
  needs?(call: C, message: Message): readonly Id[];
  /** Compared exactly in code, since the vendor may ignore a filter. Throws for an unreadable row. */
  find(call: C, message: Message): Promise<Row | null>;
  /** Anything that could fail is checked before the write. */
  create(call: C, message: Message): Promise<Delivered>;
  /** Keys of the messages that `find` would not find, looked up together; `known`: one that is there. */
  findMissing?(call: C, known: Message, messages: readonly Message[]): Promise<ReadonlySet<string>>;
  delivered(row: Row, message: Message): Delivered;
  /** The fact that a new record is found by its key; verified after each write. */
  kept?: Id;
  /** For a record of several requests: an incomplete one counts as not found, and creating completes it. */
  isWhole?(row: Row): boolean;
  /** Throws if the record found differs from what was to be written, such as its price. */
  refuseOther?(call: C, row: Row, message: Message): void;
  inspect?(call: C, message: Message, remoteId: SourceId): Promise<RemoteState | null>;
  withdraw?(call: C, message: Message, withdrawal: Withdrawal): Promise<Withdrawn | null>;
  /** Of a ticket, instead of `inspect` and `withdraw`: how its state is read and how it is closed. */
  ticket?(message: Message): ClosableTicket<C>;
}

export function keyedPush<
  C extends HasContext & { recent: Recent },
  Message extends Keyed,
  Row,
  Id extends string = never,
>(
  book: FactBook<Id>,
  record: KeyedRecord<C, Message, Row, Id>,
): (open: OpenCall<C>) => PushOf<Message> {
  const { inspect, withdraw } = withTicket(record);
  const { findMissing, isWithdrawnByHand } = record;
  let known: Message | null = null;
  return (open) => ({
    async find(message, signal) {
      const call = { ...open(signal), about: message.key };
      call.recent.forget(message.key);
      const row = await record.find(call, message);
      if (row === null || record.isWhole?.(row) === false) return null;
      call.recent.forget(message.key);
      return acceptRow(call, record, row, message);
    },
    async create(message, signal) {
      const call = { ...open(signal), about: message.key };
      const writing = { ...call, isRecalling: true };
      const made = await createKeyed(call, book, record, message, writing);
      call.recent.forget(message.key);
      known = message;
      return made;
    },
    ...(findMissing && {
      findMissing: async (messages, signal) =>
        known === null ? new Set() : findMissing(open(signal), known, messages),
    }),
    ...(inspect && { inspect: (message, id, signal) => inspect(open(signal), message, id) }),
    ...(withdraw && {
      withdraw: (message, withdrawal, signal) => withdraw(open(signal), message, withdrawal),
    }),
    ...(isWithdrawnByHand && { isWithdrawnByHand }),
  });
}

function withTicket<C, Message extends Keyed, Row, Id extends string>(
  record: KeyedRecord<C, Message, Row, Id>,
): Pick<KeyedRecord<C, Message, Row, Id>, 'inspect' | 'withdraw'> {
  const { ticket } = record;
  if (ticket === undefined) return record;
  return {
    inspect: (call, message, id) => inspectTicket(ticket(message), call, id),
    withdraw: (call, message, withdrawal) =>
      withdrawTicket(ticket(message), call, message, withdrawal),
    ...record,
  };
}

/** Writes one record (by `writing`) and looks it up again by its key; probes call this too. */
export async function createKeyed<C extends HasContext, Message, Row, Id extends string>(
  call: C,
  { verifyKept, refuseIfFalse }: FactBook<Id>,
  record: KeyedRecord<C, Message, Row, Id>,
  message: Message,
  writing: C = call,
): Promise<Delivered> {
  const ofKey = record.kept === undefined ? [] : [record.kept];
  await refuseIfFalse(call.context, ...(record.needs?.(call, message) ?? ofKey));
  const made = await record.create(writing, message);
  if (record.kept === undefined) return made;
  const row = await record.find(call, message);
  await verifyKept(call.context, record.kept, false, async () => row !== null);
  if (row !== null) return acceptRow(call, record, row, message);
  const detail = { [record.noun]: made.remoteId };
  call.context.log.warn(`A new ${record.noun} is not found by its key.`, detail);
  return made;
}

function acceptRow<C, Message, Row>(
  call: C,
  record: Pick<KeyedRecord<C, Message, Row, never>, 'refuseOther' | 'delivered'>,
  row: Row,
  message: Message,
): Delivered {
  record.refuseOther?.(call, row, message);
  return record.delivered(row, message);
}
