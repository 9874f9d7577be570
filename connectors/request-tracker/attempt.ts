import { attemptsAt } from '../kit/checks.ts';

export const attempt = attemptsAt('RT');
