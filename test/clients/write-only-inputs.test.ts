import { expect, test } from "vitest";
import { findableTypes } from "../../src/clouds/ovh/name-finder.ts";
import { isImportable, writeOnlyInputs } from "../../src/clouds/ovh/write-only-inputs.ts";
import { catalogue } from "../../src/local-cloud/catalogue/catalogue.ts";
import {
  writeOnlyInputs as localWriteOnlyInputs,
  notImportable,
} from "../../src/local-cloud/provider/write-only-inputs.ts";

test.each(findableTypes)(
  "%s: inputs that the local provider does not read back are write-only for the real one too",
  (type) => {
    expect(writeOnlyInputs(type)).toEqual(expect.arrayContaining([...(localWriteOnlyInputs[type] ?? [])]));
  },
);

test("only inputs that exist are ignored", () => {
  const types = { ...catalogue.openstack.resources, ...catalogue.ovh.resources };
  const wrong = findableTypes.flatMap((type) => {
    const known = Object.keys(types[type]?.inputs ?? {});
    return writeOnlyInputs(type)
      .filter((input) => !known.includes(input))
      .map((input) => `${type} ${input}`);
  });
  expect(wrong).toEqual([]);
});

test.each(findableTypes)("%s is imported unless a required input of it cannot be read back", (type) => {
  const inputs = { ...catalogue.openstack.resources, ...catalogue.ovh.resources }[type]?.inputs ?? {};
  const lacksInput = writeOnlyInputs(type).some((name) => inputs[name]?.required === true);
  expect(isImportable(type)).toBe(!lacksInput && !notImportable.includes(type));
});
