import type { NoticeStore } from '../port.ts';
import { type Database, listValue } from './database.ts';

export function noticeStore(database: Database): NoticeStore {
  return {
    listNotices: async () =>
      database.rows(
        `SELECT subject, text, fix, opened_at AS openedAt, sent_at AS sentAt
         FROM notice ORDER BY opened_at, subject`,
      ),
    openNotices: async (notices, at) =>
      database.write(() => {
        for (const { subject, text, fix } of notices) {
          const notice = { subject, text, fix, openedAt: at };
          database.insert('notice', notice, 'ON CONFLICT (subject) DO NOTHING');
        }
      }),
    noteNoticesSent: async (subjects, at) => {
      database.run(
        'UPDATE notice SET sent_at = ? WHERE subject IN (SELECT value FROM json_each(?))',
        at,
        listValue(subjects),
      );
    },
    closeNotices: async (subjects) => {
      database.run(
        'DELETE FROM notice WHERE subject IN (SELECT value FROM json_each(?))',
        listValue(subjects),
      );
    },
  };
}
