import type { JournalEntry, JournalFilter } from "../../local-cloud/kernel/journal.ts";
import { cloudFolder, requireLocalCloud } from "../../stack/cloud-connection.ts";

/**
 * API calls that the local cloud received, oldest first; `filter.limit` keeps the newest ones.
 * @throws LorError `local-cloud-not-running`
 */
export async function cloudJournal(home: string, filter: JournalFilter = {}): Promise<readonly JournalEntry[]> {
  return await requireLocalCloud(cloudFolder(home)).control.journal(filter);
}
