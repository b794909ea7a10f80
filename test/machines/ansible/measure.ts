import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAnsible } from "../../../src/ansible/run-ansible.ts";
import { compareMachines } from "../../../src/remote/compare-machines.ts";
import { SshMachine } from "./ssh-machine.ts";

/** Measures on one machine that boots: 40 tasks by Mitogen and by SSH, and a comparison with the manifest. */
await measure();

async function measure(): Promise<void> {
  const machine = await SshMachine.start();
  const folder = mkdtempSync(join(tmpdir(), "lor-measure-"));
  try {
    const tasks = Array.from({ length: 40 }, (_, number) => ({
      name: `Write file ${number}`,
      copy: { dest: `/etc/lor-file-${number}`, content: `${number}\n`.repeat(40), mode: "0644" },
    }));
    const playbook = join(folder, "forty.yml");
    writeFileSync(playbook, JSON.stringify([{ name: "Forty", hosts: "all", gather_facts: false, tasks }]));
    for (const transport of ["mitogen", "ssh"] as const) {
      for (const run of ["first", "second"]) {
        machine.inside("sh", "-c", run === "first" ? "rm -f /etc/lor-file-*" : "true");
        const seconds = await timed(() =>
          runAnsible({ env: process.env }).configure({
            ...{ mode: "apply", playbook, transport, inventory: { machines: [machine.managed()] } },
            ...{ sshConfig: machine.sshConfig, identityFile: machine.identityFile },
          }),
        );
        console.log(`40 tasks by ${transport}, ${run} run: ${seconds.toFixed(1)} s`);
      }
    }
    const commands = machine.commands();
    const one = await timed(() => compareMachines({ machines: ["machine"], commands }));
    console.log(`comparison with the manifest, one machine: ${one.toFixed(2)} s`);
  } finally {
    machine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return (performance.now() - start) / 1000;
}
