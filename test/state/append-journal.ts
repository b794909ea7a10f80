import { IntentJournal } from "../../src/state/intent-journal.ts";
import { OperationJournal } from "../../src/state/operation-journal.ts";

/** Writes both journals as fast as it can until it is killed. */
const [, , journal = "", intents = ""] = process.argv;
const operations = new OperationJournal(journal);
const intended = new IntentJournal(intents);
process.stdout.write("writing\n");
for (let count = 0; ; count += 1) {
  intended.record([{ type: "t", name: `n${count}` }], new Date());
  operations.append({ at: new Date().toISOString(), run: "r", operation: "up", event: "step-done", what: `n${count}` });
}
