import { FolderFiles } from "./folder-files.ts";
import { IntentJournal } from "./intent-journal.ts";
import { OperationJournal } from "./operation-journal.ts";
import type { SharedFiles } from "./shared-files.ts";
import type { StackFolder } from "./stack-folder.ts";
import { StateChain } from "./state-chain.ts";

export interface StackStateArgs {
  readonly project: string;
  readonly stack: string;
  /** Backend URL for the engine. */
  readonly backendUrl: string;
  /** Shared files of the stack: lock, journals, backups. */
  readonly files: SharedFiles;
  /** Shared files of the engine: states and locks of every stack of one cloud. */
  readonly backend: SharedFiles;
  /** Throws where exclusive creation cannot be guaranteed; called at the start of every changing command. */
  readonly requireExclusive?: () => Promise<void>;
}

/** Everything shared by those who work on one stack, in a folder or a bucket. */
export class StackState {
  readonly project: string;
  readonly stack: string;
  readonly backendUrl: string;
  readonly files: SharedFiles;
  readonly backend: SharedFiles;
  readonly journal: OperationJournal;
  readonly intents: IntentJournal;
  readonly chain: StateChain;
  readonly requireExclusive: () => Promise<void>;

  constructor({ project, stack, backendUrl, files, backend, requireExclusive }: StackStateArgs) {
    this.project = project;
    this.stack = stack;
    this.backendUrl = backendUrl;
    this.files = files;
    this.backend = backend;
    this.journal = new OperationJournal(files);
    this.intents = new IntentJournal(files);
    this.chain = new StateChain(files);
    this.requireExclusive = requireExclusive ?? (() => Promise.resolve());
  }
}

/** A stack's state in the state folder of this machine. */
export function stateInFolder({ backend, backendUrl, folder, stack }: StackFolder, project: string): StackState {
  return new StackState({
    project,
    stack,
    backendUrl,
    files: new FolderFiles(folder),
    backend: new FolderFiles(backend),
  });
}
