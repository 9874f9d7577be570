import { type OrderState, readOrder } from '../../domain/blocks/order.ts';
import type { Order } from './replenish.ts';

export function orderState({ block, messageStatus, sold, invoice, isGone }: Order): OrderState {
  return readOrder({
    activate: block.activate,
    isDelivered: messageStatus === 'delivered',
    orderedMinor: sold?.totalMinor ?? 0,
    ...{ invoice, isGone },
  });
}
