/** Calls OVHcloud's API twice through its client of npm, the second time when a line has come in, and says what it was answered. */
import { createInterface } from "node:readline";
import ovh from "@ovhcloud/node-ovh";

const { hostname, port, pathname } = new URL(process.env.ENDPOINT);
const client = ovh({
  host: hostname,
  port,
  basePath: pathname,
  appKey: process.env.KEY,
  appSecret: process.env.SECRET,
  consumerKey: process.env.CONSUMER,
});

function tell() {
  const { promise, resolve } = Promise.withResolvers();
  client.request("GET", "/cloud/project", (failed, answer) => {
    // A text instead of a status: the time could not be asked for.
    const refused = typeof failed === "number" ? { status: failed, message: answer } : { connected: false };
    console.log(JSON.stringify(failed ? refused : { answer }));
    resolve();
  });
  return promise;
}

await tell();
for await (const _ of createInterface({ input: process.stdin })) {
  await tell();
  break;
}
process.exit(0);
