import { dump } from "js-yaml";
import { shellWords } from "../../os/shell-words.ts";
import { pinnedSshOptions } from "../../remote/pinned-ssh.ts";
import type { ReachableMachine } from "../../systems/contract.ts";

export interface AnsibleInventoryArgs {
  readonly machines: readonly ReachableMachine[];
  /** Path of the configuration for `ssh -F`, which names each machine. */
  readonly sshConfig: string;
  /** Path of the known host keys. */
  readonly knownHosts: string;
}

/**
 * Inventory for `ansible-playbook -i`, YAML, without a secret: each machine under its name, in the group of its application. Connections take the
 * configuration of `ssh -F`, and accept pinned host keys only: a variable of an inventory wins over ansible.cfg and the environment, and OpenSSH takes the
 * first value of an option.
 */
export function renderAnsibleInventory({ machines, sshConfig, knownHosts }: AnsibleInventoryArgs): string {
  const groups = new Map<string, Record<string, object>>();
  for (const { name, application } of machines) {
    if (application !== undefined) groups.set(application.name, { ...groups.get(application.name), [name]: {} });
  }
  const ssh = [...pinnedSshOptions({ knownHosts, sshConfig }), "-o", "ControlMaster=auto", "-o", "ControlPersist=60s"];
  return dump(
    {
      all: {
        hosts: Object.fromEntries(machines.map((machine) => [machine.name, hostVariables(machine)])),
        vars: {
          ansible_connection: "ssh",
          ansible_ssh_args: shellWords(ssh),
          ansible_host_key_checking: true,
          ansible_ssh_host_key_checking: true,
          ansible_python_interpreter: "/usr/bin/python3",
        },
        children: Object.fromEntries([...groups].map(([group, hosts]) => [group, { hosts }])),
      },
    },
    { lineWidth: -1 },
  );
}

function hostVariables({ user, application }: ReachableMachine): Record<string, string> {
  return {
    ansible_user: user,
    ...(application === undefined
      ? {}
      : { application_user: application.user, application_folder: application.folder }),
  };
}
