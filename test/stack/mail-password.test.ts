import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { LorError } from "../../src/core/errors.ts";
import { readMailPassword } from "../../src/stack/mail-password.ts";
import type { Project } from "../../src/systems/load-project.ts";

const folder = mkdtempSync(join(tmpdir(), "lor-mail-"));
const file = join(folder, "password");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function project(user: string | undefined): Project {
  const mail = { variable: "LOR_MAIL_PASSWORD_FILE", user: () => user };
  return { system: { mail }, settings: { normal: {} } } as unknown as Project;
}

function refusal(user: string | undefined, env: Record<string, string>): LorError {
  try {
    readMailPassword(project(user), env);
  } catch (error) {
    if (error instanceof LorError) return error;
  }
  throw new Error("nothing was refused");
}

describe("the password of the mail relay", () => {
  it("is the line of its file", () => {
    writeFileSync(file, "correct horse\n");
    expect(readMailPassword(project("shop"), { LOR_MAIL_PASSWORD_FILE: file })).toBe("correct horse");
  });

  it("is not needed without a user", () => {
    expect(readMailPassword(project(undefined), {})).toBeUndefined();
    expect(readMailPassword(project(undefined), { LOR_MAIL_PASSWORD_FILE: "" })).toBeUndefined();
  });

  it("is refused in halves", () => {
    expect(refusal("shop", {})).toMatchObject({ code: "mail-password-missing", path: "LOR_MAIL_PASSWORD_FILE" });
    expect(refusal(undefined, { LOR_MAIL_PASSWORD_FILE: file })).toMatchObject({
      code: "mail-user-missing",
      path: "mail.user",
    });
  });

  it.each([
    ["is empty", ""],
    ["has two lines", "PLANTED\nPLANTED\n"],
    ["begins with a space", " PLANTED"],
    ["has a letter outside ASCII", "PLANTED é"],
  ])("is refused when its file %s, and never shown", (_what, content) => {
    writeFileSync(file, content);
    const error = refusal("shop", { LOR_MAIL_PASSWORD_FILE: file });
    expect(error).toMatchObject({ code: "mail-password-invalid", seen: file });
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain("PLANTED");
  });

  it("is refused when its file cannot be read", () => {
    expect(refusal("shop", { LOR_MAIL_PASSWORD_FILE: join(folder, "absent") })).toMatchObject({
      code: "mail-password-invalid",
      message: expect.stringContaining("does not exist") as string,
    });
  });
});
