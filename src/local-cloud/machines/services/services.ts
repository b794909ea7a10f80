import { chmodSync, mkdirSync } from "node:fs";
import type { Server, Socket } from "node:net";
import { join } from "node:path";
import { systemClock } from "../../../os/host.ts";
import type { LocalCloud } from "../../local-cloud.ts";
import { CertificateAuthority } from "./certificate-authority.ts";
import { DatabaseServers } from "./databases.ts";
import { httpsDoor } from "./https-door.ts";
import type { MachineNetwork } from "./machine-network.ts";
import { MetadataService } from "./metadata.ts";
import { answerNames } from "./names.ts";
import { NamespaceSockets } from "./namespace-sockets.ts";
import { ReleaseFiles } from "./releases.ts";
import { S3Storage } from "./s3-storage.ts";
import { serveSignedDocuments } from "./signed-documents.ts";

/** Address of the services inside a cloud's network; from TEST-NET-1 (RFC 5737), so it is no machine's. */
export const serviceAddress = "192.0.2.10";
/** Address of the metadata service, as in every OpenStack. */
export const metadataAddress = "169.254.169.254";

export interface MachineServicesArgs {
  readonly cloud: LocalCloud;
  readonly network: MachineNetwork;
  /** Folder of the services' data and keys; survives a restart. */
  readonly folder: string;
  /** Path of the S3 server (`installS3Server`). Default: there is no object storage, and its names do not exist. */
  readonly s3Program?: string | undefined;
  /** Folder of release archives, laid out by host and path. Default: `releases` in `folder`. */
  readonly releases?: string | undefined;
  /** Further names of the machines' network, such as a shop's domain: the address, or undefined. Default: none. */
  readonly resolve?: ((name: string) => string | undefined) | undefined;
}

/** What a cloud's machines reach in their network besides each other. */
export interface MachineServices {
  readonly authority: CertificateAuthority;
  /** Address of the name server. */
  readonly nameServer: string;
  readonly metadata: MetadataService;
  readonly databases: DatabaseServers;
  /** Folder of the release archives. */
  readonly releases: string;
  /** Address of a name as machines see it. */
  resolve(name: string): string | undefined;
  /** A TCP connection to an address in the machines' network; rejects when it is refused. */
  connect(address: string, port: number): Promise<Socket>;
  close(): Promise<void>;
}

/** Starts the services inside the machines' network. @throws Error when the network cannot be entered or an address is in use */
export async function startMachineServices(args: MachineServicesArgs): Promise<MachineServices> {
  const { cloud, network, folder } = args;
  // Databases run as other users, who must reach their own folders in it.
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o711);
  const authority = CertificateAuthority.open(join(folder, "authority"), () => systemClock.now());
  const releases = args.releases ?? join(folder, "releases");
  const metadata = new MetadataService(cloud);
  const documents = { has: isObjectStorage, serve: serveSignedDocuments(cloud) };
  const s3 = openS3(args);
  const named = [documents, ...(s3 === undefined ? [] : [s3]), new ReleaseFiles(releases)];
  const door = httpsDoor(authority, named);
  const resolve = (name: string) =>
    named.some((service) => service.has(name))
      ? serviceAddress
      : (args.resolve?.(name) ?? databaseAddress(cloud, name));

  await network.own(serviceAddress);
  await network.own(metadataAddress);
  const sockets = await NamespaceSockets.open(network);
  const nameSocket = await sockets.bind(serviceAddress, 53);
  const nameServer = await sockets.listen(serviceAddress, 53);
  answerNames(nameSocket, nameServer, resolve);
  await serve(door, await sockets.listen(serviceAddress, 443));
  await serve(metadata.server, await sockets.listen(metadataAddress, 80));
  const databases = new DatabaseServers({ cloud, network, authority, folder: join(folder, "databases") });
  await databases.refresh();
  return {
    authority,
    nameServer: serviceAddress,
    metadata,
    databases,
    releases,
    resolve,
    connect: (address, port) => sockets.connect(address, port),
    close: async () => {
      await databases.close();
      nameSocket.close();
      nameServer.close();
      await Promise.all([door, metadata.server].map(stop));
      await s3?.close();
      await sockets.close();
    },
  };
}

function openS3({ cloud, network, folder, s3Program }: MachineServicesArgs): S3Storage | undefined {
  return s3Program === undefined
    ? undefined
    : new S3Storage({ cloud, network, folder: join(folder, "s3"), program: s3Program });
}

/** Swift's public names, such as `storage.gra.cloud.ovh.net`. */
function isObjectStorage(name: string): boolean {
  return /^storage\.[a-z0-9-]+\.cloud\.ovh\.net$/.test(name);
}

function databaseAddress(cloud: LocalCloud, name: string): string | undefined {
  return cloud.ovhDatabases.list().find(({ endpoints }) => endpoints.some(({ domain }) => domain === name))
    ?.privateAddress;
}

interface HttpServer {
  listen(handle: Server, listening: () => void): unknown;
  once(event: "error", listener: (error: Error) => void): unknown;
  close(closed: () => void): unknown;
  closeAllConnections(): void;
}

function serve(server: HttpServer, handle: Server): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(handle, resolve);
  return promise;
}

function stop(server: HttpServer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(resolve);
  server.closeAllConnections();
  return promise;
}
