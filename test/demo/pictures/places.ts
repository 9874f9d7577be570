import { join } from 'node:path';
import { checkout } from '../../support/run-command.ts';

/** In the guide, which is in the package. */
export const pictureFolder = join(checkout, 'config', 'guide', 'pictures');

export const pictures = {
  balance: join(pictureFolder, 'balance.svg'),
  alert: join(pictureFolder, 'alert.svg'),
  statement: join(pictureFolder, 'statement.png'),
};
