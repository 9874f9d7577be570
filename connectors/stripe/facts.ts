/** What Stripe's documentation leaves open and the connector relies on. */
import { keepFacts, reading, writing } from '../kit/checking/facts.ts';

export const facts = keepFacts('Stripe', {
  'intent-key': writing.needed(
    'A new PaymentIntent is in its customer’s list at once, with its metadata.',
    'Nothing is charged, since a charge could be repeated.',
  ),
  'mandate-id': reading.useful(
    'The mandate of a saved bank account is named by its SetupIntent or by a charge.',
    'A mandate that the payer cancelled is only noticed when a charge fails.',
  ),
});

export type FactId = keyof typeof facts.rows;
