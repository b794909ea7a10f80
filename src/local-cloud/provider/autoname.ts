import { createHash } from "node:crypto";
import type { ResourceType } from "../catalogue/shape.ts";
import { isEmpty, type Values } from "./wire-values.ts";

/** Under this name the bridge behind the real SDKs notes in the inputs which of them the program left out. */
export const defaultsMark = "__defaults";

/**
 * The bridge behind the real SDKs gives a resource without a name its Pulumi name and seven hexadecimal digits, and keeps
 * whatever name it had.
 * The engine's seed makes the digits the same in preview and update.
 */
export function autoname(
  inputs: Values,
  old: Values,
  type: ResourceType,
  pulumiName: string,
  seed: Uint8Array,
): Values {
  const property = type.inputs.name;
  if (property === undefined || property.type !== "string") return inputs;
  if (inputs.name !== undefined && inputs.name !== null) return inputs;
  if (!isEmpty(old.name)) return { ...inputs, name: old.name };
  const digits = createHash("sha256").update(seed).update(pulumiName).digest("hex").slice(0, 7);
  return { ...inputs, name: `${pulumiName}-${digits}` };
}

export function isAutonamed(name: unknown, pulumiName: string): boolean {
  return (
    typeof name === "string" &&
    name.startsWith(`${pulumiName}-`) &&
    /^[0-9a-f]{7}$/.test(name.slice(pulumiName.length + 1))
  );
}
