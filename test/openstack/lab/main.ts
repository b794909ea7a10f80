/** `npm run openstack -- start | stop | status | delete`: an OpenStack on loopback, for development. */
import { rmSync } from "node:fs";
import { holder } from "./claim.ts";
import { Daemons } from "./daemons.ts";
import { identityUrl, Place, password, region } from "./place.ts";
import { Progress } from "./progress.ts";
import { Session, stopOpenStack } from "./session.ts";
import { stopRequest } from "./stop-request.ts";

const place = Place.fromEnvironment();
const progress = new Progress();

const commands: Readonly<Record<string, () => Promise<void>>> = {
  start: async () => {
    (await Session.open(place, progress, stopRequest())).keep();
    printAccess();
  },
  stop: () => stopOpenStack(place, progress),
  status: async () => {
    const running = new Daemons(place).running();
    const whose = holder(place);
    const reason = typeof whose === "object" ? `for process ${whose.pid}` : whose;
    process.stdout.write(`${running.length} daemons run (${reason}) in ${place.folder}\n`);
    if (running.length > 0) printAccess();
  },
  delete: async () => {
    await stopOpenStack(place, progress);
    rmSync(place.folder, { recursive: true, force: true });
  },
};

const command = commands[process.argv[2] ?? ""];
if (command === undefined) {
  process.stderr.write(`usage: npm run openstack -- ${Object.keys(commands).join(" | ")}\n`);
  process.exitCode = 2;
} else {
  try {
    await command();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

function printAccess(): void {
  const variables = {
    OS_AUTH_URL: identityUrl,
    OS_IDENTITY_API_VERSION: "3",
    OS_REGION_NAME: region,
    OS_USERNAME: "admin",
    OS_PASSWORD: password,
    OS_PROJECT_NAME: "admin",
    OS_USER_DOMAIN_NAME: "Default",
    OS_PROJECT_DOMAIN_NAME: "Default",
  };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${value}\n`);
  process.stdout.write(lines.join(""));
}
