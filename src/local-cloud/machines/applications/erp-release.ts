import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const modules = join(import.meta.dirname, "erp");

/**
 * Archive of the ERP that stands for Odoo in tests, in the shape of Odoo's own: a Debian package with `usr/bin/odoo` and the release's number.
 * @param version such as `16.0.20241001`
 */
export function erpRelease(version: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "lor-erp-"));
  try {
    const [major = "", minor = "0"] = version.split(".");
    const put = (path: string, text: string, mode = 0o644) => {
      const file = join(folder, "root", path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      chmodSync(file, mode);
    };
    put("usr/bin/odoo", "#!/usr/bin/python3\nimport odoo.cli\n\nodoo.cli.main()\n", 0o755);
    for (const name of ["cli.py", "sql_db.py", "tools.py"]) {
      const text = readFileSync(join(modules, name), "utf8").replaceAll("@@series@@", `${major}.${minor}`);
      put(`usr/lib/python3/dist-packages/odoo/${name}`, text);
    }
    put("usr/lib/python3/dist-packages/odoo/release.py", `version_info = (${major}, ${minor}, 0, FINAL, 0, '')\n`);
    put("usr/lib/python3/dist-packages/odoo/addons/base/__manifest__.py", "{'name': 'base'}\n");
    const control = {
      Package: "odoo",
      Version: version,
      Architecture: "all",
      Maintainer: "test <test@lor.example>",
      Depends: "python3, python3-psycopg2, adduser",
      Description: "stands for Odoo",
    };
    const lines = Object.entries(control).map(([name, value]) => `${name}: ${value}\n`);
    put("DEBIAN/control", lines.join(""));
    const archive = join(folder, "odoo.deb");
    execFileSync("dpkg-deb", ["-Zgzip", "-z1", "--root-owner-group", "--build", join(folder, "root"), archive], {
      stdio: "pipe",
    });
    return readFileSync(archive);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
