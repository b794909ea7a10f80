import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { loopback, password, ports } from "../place.ts";
import type { Lab } from "../service.ts";
import { isOpen, waitUntil } from "../wait.ts";

export const packages = ["rabbitmq-server"];

export async function start({ place, daemons }: Lab): Promise<void> {
  const home = place.data("rabbitmq");
  // Only calls in progress lie in it: nobody waits for an answer to one of the last run.
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const configuration = place.write(
    "rabbitmq/rabbitmq.conf",
    [
      `listeners.tcp.1 = ${loopback}:${ports.rabbitmq}`,
      "default_user = lab",
      `default_pass = ${password}`,
      "default_permissions.configure = .*",
      "default_permissions.read = .*",
      "default_permissions.write = .*",
      "vm_memory_high_watermark.absolute = 1GB",
      "disk_free_limit.absolute = 50MB",
      "log.file = false",
      "log.console = true",
      "log.console.level = warning",
      "",
    ].join("\n"),
  );
  daemons.start("erlang-names", "epmd", ["-address", loopback, "-port", String(ports.erlangNames)]);
  await waitUntil({ what: "Erlang's name server answers" }, () => isOpen("erlangNames"));
  const installed = installation();
  daemons.start("rabbitmq", join(installed, "sbin", "rabbitmq-server"), [], {
    env: {
      HOME: home,
      RABBITMQ_HOME: installed,
      RABBITMQ_NODENAME: "lab@localhost",
      RABBITMQ_CONFIG_FILE: configuration,
      RABBITMQ_ENABLED_PLUGINS_FILE: place.write("rabbitmq/enabled_plugins", "[].\n"),
      RABBITMQ_MNESIA_BASE: home,
      RABBITMQ_LOG_BASE: home,
      RABBITMQ_PID_FILE: place.run("rabbitmq.pid"),
      // Debian's own settings are for Debian's own instance.
      RABBITMQ_CONF_ENV_FILE: "/dev/null",
      ERL_EPMD_ADDRESS: loopback,
      ERL_EPMD_PORT: String(ports.erlangNames),
      RABBITMQ_DIST_PORT: String(ports.rabbitmqNodes),
      // Nodes among themselves would listen everywhere; schedulers that wait by spinning would eat the cores.
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
        "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
    },
  });
  await waitUntil({ what: "RabbitMQ answers" }, () => isOpen("rabbitmq"));
}

/** The command on PATH insists on the user `rabbitmq` and on /var; the one inside the installation does not. */
function installation(): string {
  const folder = "/usr/lib/rabbitmq/lib";
  const found = readdirSync(folder).find((name) => name.startsWith("rabbitmq_server-"));
  if (found === undefined) throw new Error(`no RabbitMQ below ${folder}`);
  return join(folder, found);
}
