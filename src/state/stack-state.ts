import { FolderFiles } from "./folder-files.ts";
import { IntentJournal } from "./intent-journal.ts";
import { OperationJournal } from "./operation-journal.ts";
import type { SharedFiles } from "./shared-files.ts";
import type { StackFolder } from "./stack-folder.ts";
import { StateChain } from "./state-chain.ts";

export interface StackStateArgs {
  readonly project: string;
  readonly stack: string;
  /** The engine's URL of its backend. */
  readonly backendUrl: string;
  /** Lock, journals and backups of the stack. */
  readonly files: SharedFiles;
  /** What the engine itself keeps: states and locks of every stack of one cloud. */
  readonly backend: SharedFiles;
  /** Throws where it cannot be had that only one of many wins; for a changing command to begin with. */
  readonly requireExclusive?: () => Promise<void>;
}

/** What everybody shares who works on one stack, wherever it lies. */
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

/** The state in the state folder. */
export function stateInFolder({ backend, backendUrl, folder, stack }: StackFolder, project: string): StackState {
  return new StackState({
    project,
    stack,
    backendUrl,
    files: new FolderFiles(folder),
    backend: new FolderFiles(backend),
  });
}
