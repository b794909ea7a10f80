import { inflateSync } from "node:zlib";
import { expect, it } from "vitest";
import { packDocument } from "../../src/machines/pack-document.ts";
import { renderGuestDocument } from "../../src/machines/render-document.ts";
import { odooInput, shopInput } from "./guest-inputs.ts";

it.each([shopInput, odooInput])(
  "the packed document of $name holds the same files in less than half the size",
  (input) => {
    const document = renderGuestDocument(input);
    const stored = packDocument(document);
    // Unpacked by another implementation than the one that packed it.
    const { packedFiles, files, ...rest } = stored;
    expect(JSON.parse(inflateSync(Buffer.from(packedFiles, "base64")).toString())).toEqual(document.files);
    expect({ ...rest, files: document.files }).toEqual(document);
    expect(files.map(({ path }) => path)).toEqual(["/usr/local/sbin/lor-apply"]);
    expect(JSON.stringify(stored).length).toBeLessThan(JSON.stringify(document).length / 2);
  },
);
