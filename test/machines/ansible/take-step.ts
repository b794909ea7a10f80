import type { ManagedMachine } from "../../../src/machines/inventory.ts";
import { type MachineStep, runStep } from "../../../src/remote/machine-step.ts";
import type { PinnedSshArgs } from "../../../src/remote/pinned-ssh.ts";
import { sshCommands } from "../../../src/remote/ssh-commands.ts";

/** A controller in a process of its own, so that it can be killed. */
const { step, managed, ...connection } = JSON.parse(process.argv[2] ?? "") as PinnedSshArgs & {
  readonly step: MachineStep;
  readonly managed: ManagedMachine;
};
const commands = sshCommands({ ...connection, machines: [managed], env: process.env });
console.log(JSON.stringify(await runStep(step, { commands })));
