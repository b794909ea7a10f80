import { strToU8, zlibSync } from "fflate";
import { contentFile } from "./content.ts";
import type { BastionDocument, GuestDocument, GuestFile } from "./document.ts";

/** A document as it is stored for its machine. */
export type StoredDocument<D extends GuestDocument | BastionDocument = GuestDocument> = Omit<D, "files"> & {
  readonly files: readonly GuestFile[];
  /** The document's files: JSON, zlib, base64. `files` holds only the script that unpacks them. */
  readonly packedFiles: string;
};

/**
 * Packs the files of a document, most of its size: the state holds each document twice and is written after every operation. The machine
 * reads the result with `machine/lor-unpack.py`.
 *
 * The same input gives the same text everywhere; Node's own zlib may compress differently on another processor, which would change every document.
 */
export function packDocument<D extends GuestDocument | BastionDocument>({ files, ...document }: D): StoredDocument<D> {
  const packed = zlibSync(strToU8(JSON.stringify(files)), { level: 9 });
  return {
    ...document,
    files: [contentFile("/usr/local/sbin/lor-apply", "0755", "machine/lor-unpack.py")],
    packedFiles: Buffer.from(packed).toString("base64"),
  };
}
