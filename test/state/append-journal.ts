import { FolderFiles } from "../../src/state/folder-files.ts";
import { IntentJournal } from "../../src/state/intent-journal.ts";
import { OperationJournal } from "../../src/state/operation-journal.ts";

/** Writes both journals as fast as it can until it is killed. */
const [, , folder = ""] = process.argv;
const files = new FolderFiles(folder);
const operations = new OperationJournal(files);
const intended = new IntentJournal(files);
process.stdout.write("writing\n");
for (let count = 0; ; count += 1) {
  await intended.record([{ type: "t", name: `n${count}` }], new Date());
  await operations.append({
    at: new Date().toISOString(),
    run: "r",
    operation: "up",
    event: "step-done",
    what: `n${count}`,
  });
}
