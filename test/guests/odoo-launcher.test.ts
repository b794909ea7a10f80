import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const launcher = join(import.meta.dirname, "../../src/machines/odoo/lor-odoo.py");

describe("the program that starts Odoo", () => {
  let folder: string;
  /** What the launched Odoo says of its connections and of its own command. */
  const launch = (names: string) => {
    writeFileSync(join(folder, "odoo/tools.py"), `config = {"db_name": ${names}}\n`);
    const said = execFileSync("python3", [launcher, "gevent", "-c", "x"], {
      env: { PYTHONPATH: folder, PATH: "/usr/bin:/bin" },
    });
    return JSON.parse(said.toString()) as unknown;
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "lor-odoo-"));
    mkdirSync(join(folder, "odoo"));
    writeFileSync(
      join(folder, "odoo/sql_db.py"),
      'def connection_info_for(name, readonly=False):\n    return name, {"database": name, "readonly": readonly}\n',
    );
    writeFileSync(join(folder, "odoo/cli.py"), odoo);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['["erp"]', '"erp"', '"erp,other"'])(
    "leads to its own database where Odoo asks for postgres: %s",
    (names) => {
      expect(launch(names)).toEqual({
        postgres: ["postgres", { database: "erp", readonly: true }],
        other: ["other", { database: "other", readonly: true }],
        // Odoo starts its process for websockets by this command.
        command: [launcher, "gevent", "-c", "x"],
      });
    },
  );
});

const odoo = `
import json, sys
import odoo.sql_db
def main():
    ask = lambda name: odoo.sql_db.connection_info_for(name, readonly=True)
    print(json.dumps({"postgres": ask("postgres"), "other": ask("other"), "command": sys.argv}))
`;
