import { FolderFiles } from "./folder-files.ts";
import { IntentJournal } from "./intent-journal.ts";
import { OperationJournal } from "./operation-journal.ts";
import type { SharedFiles } from "./shared-files.ts";
import type { StackFolder } from "./stack-folder.ts";

export interface StackStateArgs {
  readonly project: string;
  readonly stack: string;
  /** The engine's URL of its backend. */
  readonly backendUrl: string;
  /** Lock, journals and backups of the stack. */
  readonly files: SharedFiles;
  /** What the engine itself keeps: states and locks of every stack of one cloud. */
  readonly backend: SharedFiles;
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

  constructor({ project, stack, backendUrl, files, backend }: StackStateArgs) {
    this.project = project;
    this.stack = stack;
    this.backendUrl = backendUrl;
    this.files = files;
    this.backend = backend;
    this.journal = new OperationJournal(files);
    this.intents = new IntentJournal(files);
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
