import type { Instant } from '../../domain/time.ts';

/** Something that the admin is notified of, from when it began until its end was notified, too. */
export interface Notice {
  /** `pull psa`, `message KEY`. */
  subject: string;
  text: string;
  fix: string;
  openedAt: Instant;
  /** Null: not sent yet. */
  sentAt: Instant | null;
}

export interface NoticeStore {
  /** Oldest first. */
  listNotices(): Promise<Notice[]>;
  /** Adds those whose subject has none. */
  openNotices(
    notices: readonly Pick<Notice, 'subject' | 'text' | 'fix'>[],
    at: Instant,
  ): Promise<void>;
  noteNoticesSent(subjects: readonly string[], at: Instant): Promise<void>;
  closeNotices(subjects: readonly string[]): Promise<void>;
}
