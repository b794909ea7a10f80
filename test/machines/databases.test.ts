import { describe, expect, it } from "vitest";
import { createPart } from "../local-cloud/test-cloud.ts";
import { obstacle, openLab } from "./lab.ts";

describe.skipIf(obstacle !== undefined)("databases of machines that boot", () => {
  it("run from the machines' image, and are reached by their names", async () => {
    await using lab = await openLab();
    const { cloud, machines } = lab;
    const { networkId, subnetId } = createPart(cloud, 2);
    for (const [engine, version] of [
      ["mysql", "8"],
      ["postgresql", "15"],
    ] as const) {
      cloud.ovhDatabases.create({
        engine,
        version,
        plan: "essential",
        flavor: "db1-4",
        nodes: [{ region: "GRA", networkId, subnetId }],
        ipRestrictions: [{ ip: "10.10.0.0/16" }],
      });
    }
    cloud.clock.step(2000);
    const { databases, resolve } = machines.services;
    await databases.refresh();
    expect([...databases.problems]).toEqual([]);
    const answers = cloud.ovhDatabases.list().map(async ({ id, engine, endpoints }) => {
      const { domain = "", port = 0 } = endpoints[0] ?? {};
      const password = cloud.ovhDatabases.logins(id)[0]?.password ?? "";
      const host = resolve(domain);
      const ask =
        engine === "mysql"
          ? `MYSQL_PWD=$(cat) exec mariadb --host=${host} --port=${port} --user=avnadmin --ssl -Ne "SELECT 1"`
          : `PGPASSWORD=$(cat) exec psql "host=${host} port=${port} user=avnadmin sslmode=require dbname=defaultdb" -Atc "SELECT 1"`;
      return await machines.sandbox.run(["sh", "-c", ask], { root: "image", input: password });
    });
    expect(await Promise.all(answers)).toEqual(["1\n", "1\n"]);
  });
});
