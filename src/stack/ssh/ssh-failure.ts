import { ExitCode, LorError } from "../../core/errors.ts";

export interface SshAttempt {
  readonly machine: string;
  readonly bastion: string;
  /** Public address of the bastion, with its port when it is not 22. */
  readonly bastionAddress: string;
  /** Private address of the machine. */
  readonly address: string;
  /** Messages of OpenSSH's client about the connection to the bastion. */
  readonly bastionLog: string;
  /** The same about the connection to the machine, through the bastion. */
  readonly machineLog: string;
  /** Names of the administrators in the settings whose keys were offered. */
  readonly offered: readonly string[];
}

/** Why a connection failed, from the messages of OpenSSH's client; undefined: it did not. */
export function sshFailure(attempt: SshAttempt): LorError | undefined {
  const { machine, bastion, bastionAddress, bastionLog, machineLog } = attempt;
  const throughBastion = machine !== bastion;
  const first = throughBastion ? bastionLog : machineLog;
  if (isWrongKey(first)) return wrongKey(bastion);
  if (isRefusedKey(first)) return refusedKey(bastion, attempt);
  const connect = failedConnection(first);
  if (connect !== undefined) return bastionUnreachable(bastionAddress, connect);
  if (!throughBastion) {
    return lastReason(machineLog, (reason) =>
      endedBeforeSession(machineLog) ? bastionUnreachable(bastionAddress, reason) : connectionLost(attempt, reason),
    );
  }
  if (isWrongKey(machineLog)) return wrongKey(machine);
  if (isRefusedKey(machineLog)) return refusedKey(machine, attempt);
  const forward = /open failed: (.+)/.exec(bastionLog)?.[1];
  if (forward !== undefined) return machineUnreachable(attempt, forward.replace(/^connect failed: /, ""));
  return lastReason(machineLog, (reason) =>
    endedBeforeSession(machineLog) ? notAccepted(attempt, reason) : connectionLost(attempt, reason),
  );
}

/** Messages of a connection that ended before anything could run on the machine: its SSH server is not there yet, or lets nobody in while it boots. */
const endedBeforeSession = (log: string) =>
  /kex_exchange_identification|banner exchange|System is booting up|Connection (?:closed|reset) by \S+ port \d+|stdio forwarding failed/.test(
    log,
  );

const isWrongKey = (log: string) =>
  /Host key verification failed|host key is known for|HOST IDENTIFICATION HAS CHANGED/.test(log);
const isRefusedKey = (log: string) => /Permission denied|Too many authentication failures/.test(log);

/** Reason of a TCP connection that failed, or of a server that did not answer in SSH. */
function failedConnection(log: string): string | undefined {
  return (
    /connect to (?:host|address) .+: (.+)/.exec(log)?.[1] ??
    /(Could not resolve hostname .+|Connection timed out during banner exchange|kex_exchange_identification: .+)/.exec(
      log,
    )?.[1]
  )?.trim();
}

function lastReason(log: string, make: (reason: string) => LorError): LorError | undefined {
  const lines = log.split("\n").map((line) => line.trim());
  const telling = lines.filter(
    (line) => line !== "" && !/^(Connection to .+ closed|Warning: Permanently added)/.test(line),
  );
  const last = telling.at(-1);
  return last === undefined ? undefined : make(last);
}

function bastionUnreachable(address: string, reason: string): LorError {
  return new LorError({
    code: "bastion-unreachable",
    message: `the bastion does not answer at ${address}: ${reason}; no machine was reached`,
    exit: ExitCode.failed,
    culprit: "cloud",
    accepted: "a connection from a network of `access.allowFrom`, and a bastion that runs",
    next: "lor-infra preview --detect, which shows a bastion that is missing; one that exists: look at its console in the cloud, and restart it",
  });
}

function machineUnreachable({ machine, address }: SshAttempt, reason: string): LorError {
  return new LorError({
    code: "machine-unreachable",
    message: `the bastion answers, and ${machine} does not answer it at ${address}: ${reason}`,
    exit: ExitCode.failed,
    culprit: "cloud",
    accepted: "a machine that runs and has applied its configuration",
    next: `lor-infra status, or lor-infra logs ${machine}`,
  });
}

/** Nothing tells which of the two hops failed. */
function notAccepted({ machine, address }: SshAttempt, reason: string): LorError {
  return new LorError({
    code: "machine-unreachable",
    message: `no connection to ${machine} at ${address} through the bastion: ${reason}`,
    exit: ExitCode.failed,
    culprit: "cloud",
    accepted: "a machine that runs and has applied its configuration",
    next: `lor-infra status, or lor-infra logs ${machine}`,
  });
}

/** What ran on the machine may have ended or go on. */
function connectionLost({ machine, bastion, address }: SshAttempt, reason: string): LorError {
  const through = machine === bastion ? "" : " through the bastion";
  return new LorError({
    code: "connection-lost",
    message: `the connection to ${machine} at ${address}${through} was lost: ${reason}`,
    exit: ExitCode.failed,
    culprit: "cloud",
    accepted: "a connection that lasts as long as the command",
    next: `lor-infra run ${machine} -- uptime says whether it answers; then the same command again`,
  });
}

function wrongKey(machine: string): LorError {
  return new LorError({
    code: "host-key-changed",
    message: `what answers as ${machine} has other host keys than ${machine} has published: it may be another machine`,
    exit: ExitCode.refused,
    culprit: "user",
    accepted: `the host keys that ${machine} has published to the configuration container`,
    next: `look at the console of ${machine}; a machine that has just started publishes its keys within 4 minutes, one whose keys were changed on it by systemctl restart lor-host-keys: then the same command again`,
  });
}

const keyNext =
  "the same command with --identity FILE, or ssh-add FILE; a key that the settings lack: its .pub line into access.administrators, then lor-infra up";

function refusedKey(machine: string, { offered }: SshAttempt): LorError {
  if (offered.length === 0) {
    return new LorError({
      code: "ssh-key-missing",
      message: `${machine} lets nobody in without a key of the settings`,
      exit: ExitCode.failed,
      culprit: "user",
      path: "access.administrators",
      seen: "no key of the settings is in ~/.ssh or in the agent",
      accepted: "a private key of `access.administrators` (ssh-keygen -t ed25519 makes a new one)",
      next: keyNext,
    });
  }
  return new LorError({
    code: "ssh-key-refused",
    message: `${machine} does not accept your key`,
    exit: ExitCode.failed,
    culprit: "user",
    path: "access.administrators",
    seen: `the key of ${offered.join(", ")}`,
    accepted:
      "a key of `access.administrators`, in the agent if it has a passphrase; a machine takes changed keys within 4 minutes of lor-infra up",
    next: `after a change of the keys the same command in a few minutes; otherwise ${keyNext}`,
  });
}
