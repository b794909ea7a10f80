/** The parts of an id in the form that the real provider imports by, such as `service/engine/cluster/id`. */
export function importParts(id: string, form: readonly string[]): Readonly<Record<string, string>> {
  const parts = id.split("/");
  if (parts.length !== form.length || parts.some((part) => part === "")) {
    throw new Error(`import id '${id}' is not accepted; it is ${form.join("/")}`);
  }
  return Object.fromEntries(form.map((name, index) => [name, parts[index] ?? ""]));
}
