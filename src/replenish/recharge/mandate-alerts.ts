import type { Client } from '../../domain/agreements/terms.ts';
import { formatIn, type Language, languageOf } from '../../domain/format.ts';
import { pushKeyOf } from '../../domain/keys.ts';
import {
  chargedCustomer,
  type MandateTrouble,
  mandateTrouble,
} from '../../domain/recharge/mandates.ts';
import type { MandateRow } from '../../domain/records/rows.ts';
import { dateInZone } from '../../domain/time.ts';
import type { NewMessage } from '../../store/port.ts';
import { emptyBatch } from '../../store/port.ts';
import type { ReplenishContext, ReplenishOutcome } from '../context.ts';
import { toAlert } from '../messages/compose.ts';

/** Tells the MSP, once each, what would keep a client's next charge from being made. */
export async function alertOnMandates(
  context: ReplenishContext,
  outcome: ReplenishOutcome,
): Promise<void> {
  const messages: NewMessage[] = [];
  for (const client of context.clients) messages.push(...(await alertFor(context, client)));
  if (messages.length === 0) return;
  await context.store.writeReplenish({ ...emptyBatch(context), messages });
  outcome.messages += messages.length;
}

async function alertFor(context: ReplenishContext, client: Client): Promise<NewMessage[]> {
  const { store, at, firstRunAt, mode } = context;
  const charged = chargedCustomer(client);
  if (charged === null) return [];
  const { connection, customerId } = charged;
  // Before its first pull, a provider shows no mandate of anybody.
  if ((await store.readWatermark(connection, 'mandates')) === null) return [];
  const mandates = await store.readMandates(connection, [customerId]);
  const trouble = mandateTrouble(mandates, dateInZone(at, client.timezone));
  // A mandate that was just given is usable in a few days.
  if (trouble === null || trouble.kind === 'pending') return [];
  const state = trouble.kind === 'ended' ? trouble.mandate.sourceId : trouble;
  const cause = `${firstRunAt} ${mode} ${connection} ${JSON.stringify(state)}`;
  const key = pushKeyOf('mandate', client.id, cause);
  if ((await store.readMessage(key)) !== null) return [];
  const last = trouble.kind === 'ending' ? formatIn(context).date(trouble.on) : '';
  const compose = texts[languageOf(context.locale)];
  const { subject, body } = compose(client.name, connection, trouble.kind, last);
  const why = trouble.kind === 'ended' ? reasonOf(trouble.mandate) : '';
  return [toAlert(context, client, key, { subject, body: `${body}${why}` })];
}

/** As the provider says it. */
function reasonOf({ scheme, detail }: MandateRow): string {
  return `\n(${detail === null ? scheme : `${scheme}: ${detail}`})`;
}

/** `last`: the day on which the mandate ends, if it is about to. */
type Compose = (
  client: string,
  connection: string,
  kind: Exclude<MandateTrouble['kind'], 'pending'>,
  last: string,
) => { subject: string; body: string };

const texts: Record<Language, Compose> = {
  en: (client, connection, kind, last) => {
    const what = {
      none: `no mandate in "${connection}"`,
      ended: `the mandate in "${connection}" has ended`,
      ending: `the mandate in "${connection}" ends on ${last}`,
    }[kind];
    const when = kind === 'ending' ? `After ${last}` : 'Until there is one';
    return {
      subject: `Prepaid hours – ${client}: ${what}`,
      body: `To do: ask the client for a new mandate, and set it up in "${connection}". ${when}, no block can be collected.`,
    };
  },
  fr: (client, connection, kind, last) => {
    const what = {
      none: `aucun mandat dans « ${connection} »`,
      ended: `le mandat dans « ${connection} » a pris fin`,
      ending: `le mandat dans « ${connection} » prend fin le ${last}`,
    }[kind];
    const when = kind === 'ending' ? `Après le ${last}` : 'D’ici là';
    return {
      subject: `Heures prépayées – ${client} : ${what}`,
      body: `À faire : demander un nouveau mandat au client et l’enregistrer dans « ${connection} ». ${when}, aucun forfait ne peut être prélevé.`,
    };
  },
};
