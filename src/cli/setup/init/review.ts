import { locales } from '../../../domain/format.ts';
import type { SetupAnswers } from '../../../service/setup/create-files.ts';
import { faultOfPlace, type Place } from '../../../service/setup/guess-place.ts';
import { counted } from '../../../service/status/words.ts';
import { askExcluded } from './ask-terms.ts';
import type { Asker } from './asker.ts';

/** What may still be changed before it is written. */
interface Reviewed {
  place: Place;
  /** Null: the PSA lists no work types. */
  workTypeNames: readonly string[] | null;
  excluded: readonly string[];
  takesBlocks: boolean;
  /** The PSA’s product of the block; null: none. */
  product: string | null;
}

interface Surroundings {
  file: string;
  clients: SetupAnswers['clients'];
  /** Null: the PSA lists no products. */
  pickProduct: (() => Promise<string | null>) | null;
}

/** One question with all that was guessed, and a way to change each; null: nothing is to be written. */
export async function review(
  asker: Asker,
  reviewed: Reviewed,
  { file, clients, pickProduct }: Surroundings,
): Promise<Reviewed | null> {
  let now = reviewed;
  for (;;) {
    const { place, workTypeNames, excluded, takesBlocks, product } = now;
    const free = excluded.length === 0 ? 'none' : excluded.join(', ');
    const native = clients.filter((client) => client.native.length > 0).length;
    const parts = [
      counted(clients.length, 'client'),
      ...(product === null ? [] : [`product ${product}`]),
      `time zone ${place.timezone}`,
      place.currency,
      `language ${place.locale}`,
    ];
    const take = takesBlocks ? 'Do not take over' : 'Take over';
    const answer = await asker.pick({
      message: `Write ${file}? ${parts.join(', ')}`,
      choices: [
        { value: 'write', label: 'Write it; in observe mode nothing is sent to the PSA' },
        { value: 'place', label: 'Change time zone, currency or language' },
        ...(workTypeNames === null || workTypeNames.length === 0
          ? []
          : [{ value: 'types', label: `Change which work types are free (${free})` }]),
        ...(pickProduct === null
          ? []
          : [
              { value: 'product', label: `Change the product of the block (${product ?? 'none'})` },
            ]),
        ...(native === 0
          ? []
          : [
              {
                value: 'blocks',
                label: `${take} what is left of the PSA’s own blocks (${native} of the clients)`,
              },
            ]),
        { value: 'cancel', label: 'Cancel' },
      ],
      initial: 'write',
    });
    if (answer === 'write') return now;
    if (answer === 'cancel') return null;
    if (answer === 'place') now = { ...now, place: await askPlace(asker, place) };
    if (answer === 'types') {
      now = { ...now, excluded: await askExcluded(asker, workTypeNames ?? [], excluded) };
    }
    if (answer === 'product' && pickProduct !== null)
      now = { ...now, product: await pickProduct() };
    if (answer === 'blocks') now = { ...now, takesBlocks: !takesBlocks };
  }
}

async function askPlace(asker: Asker, place: Place): Promise<Place> {
  const ask = async (key: 'timezone' | 'currency', message: string) =>
    asker.text({ message, initial: place[key], faultOf: (text) => faultOfPlace(key, text) });
  const timezone = await ask('timezone', 'Time zone');
  const currency = await ask('currency', 'Currency');
  const locale = await asker.pick({
    message: 'Language of messages and statements',
    choices: [
      { value: 'en', label: 'English' },
      { value: 'en-US', label: 'English (US)' },
      { value: 'en-GB', label: 'English (UK)' },
      { value: 'fr', label: 'français' },
    ],
    initial: place.locale,
  });
  return { timezone, currency, locale: locales.find((one) => one === locale) ?? 'en' };
}
