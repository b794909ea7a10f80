import { expect, it } from "vitest";
import { sshFailure } from "../../src/stack/ssh/ssh-failure.ts";

const attempt = {
  machine: "ps-0",
  bastion: "bastion",
  bastionAddress: "203.0.113.9",
  address: "10.10.1.10",
  bastionLog: "",
  machineLog: "",
  offered: [],
};

// Messages of OpenSSH 9.2's client while a machine boots, and of connections that end under a command.
it.each([
  ["kex_exchange_identification: Connection closed by remote host", "machine-unreachable"],
  ["Connection closed by UNKNOWN port 65535", "machine-unreachable"],
  [
    '"System is booting up. Unprivileged users are not permitted to log in yet."\nConnection closed by UNKNOWN port 65535',
    "machine-unreachable",
  ],
  ["Connection to 10.10.1.10 closed by remote host.\nclient_loop: send disconnect: Broken pipe", "connection-lost"],
  ["Timeout, server 10.10.1.10 not responding.", "connection-lost"],
  ["no answer in time", "connection-lost"],
])("tells a machine that lets nobody in yet from a connection that was lost: %s", (machineLog, code) => {
  expect(sshFailure({ ...attempt, machineLog })?.code).toBe(code);
  const ofBastion = sshFailure({ ...attempt, machine: "bastion", machineLog })?.code;
  expect(ofBastion).toBe(code === "machine-unreachable" ? "bastion-unreachable" : code);
});
