import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { type EngineCommand, EngineCommandError } from "./engine-command.ts";

export interface ScratchWorkspaceArgs {
  readonly projectName: string;
  readonly stackName: string;
  readonly backendUrl: string;
  /** Whether the stack exists in the backend; looked up when absent. */
  readonly exists?: boolean;
  readonly encryptionSalt: string;
  /** Scratch folder for the generated `Pulumi.yaml`; never the user's project. */
  readonly folder: string;
  readonly command: EngineCommand;
}

/**
 * The Automation API's workspace over generated files: nothing is read from or written to the user's project. An existing stack is found in the
 * backend's folder instead of being selected, which would cost a process and be stored in PULUMI_HOME.
 */
export async function openScratchWorkspace(args: ScratchWorkspaceArgs): Promise<LocalWorkspace> {
  await mkdir(args.folder, { recursive: true, mode: 0o700 });
  const workspace = await LocalWorkspace.create({
    workDir: args.folder,
    pulumiCommand: args.command,
    projectSettings: { name: args.projectName, runtime: "nodejs" },
    stackSettings: { [args.stackName]: { encryptionSalt: args.encryptionSalt } },
  });
  workspace.selectStack = async () => {
    if (!(args.exists ?? (await stackExists(args)))) {
      await args.command.ask(["stack", "init", args.stackName, "--no-select"], args.folder);
    }
  };
  return workspace;
}

async function stackExists(args: ScratchWorkspaceArgs): Promise<boolean> {
  const folder = backendFolder(args.backendUrl);
  if (folder !== undefined) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, ".pulumi", "stacks", args.projectName, `${args.stackName}.json`);
    return existsSync(file) || existsSync(`${file}.gz`);
  }
  try {
    await args.command.ask(["stack", "export", "--stack", args.stackName], args.folder);
    return true;
  } catch (error) {
    if (error instanceof EngineCommandError && /no stack named .* found/.test(error.outcome.stderr)) {
      return false;
    }
    throw error;
  }
}

/** Folder of a backend on this machine; undefined for another kind of backend. */
function backendFolder(backendUrl: string): string | undefined {
  return backendUrl.startsWith("file://") ? fileURLToPath(backendUrl) : undefined;
}
