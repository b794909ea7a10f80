/**
 * Document that a guest fetches at boot and on a timer. User data only names the guest and the document's URL, because any change of user data
 * replaces the machine; everything that may change is in the document.
 *
 * Fields of the documents of all machines.
 */
export interface MachineDocument {
  readonly version: 1;
  /** Pulumi name of the server, such as `ps-0`. */
  readonly name: string;
  /** Lines of an `authorized_keys` file, for the image's own user (`debian`); a change of them replaces no machine. None by default. */
  readonly administratorKeys?: readonly string[];
  /** Address to which the machine PUTs its public host keys, signed for that one object: a secret. Only where administrators log in. */
  readonly hostKeysUrl?: string;
  /** Destination of the machine's journal. Absent: it stays on the machine. */
  readonly logs?: LogShipping;
  /** Configuration files of this role, rendered; path on the guest -> text, mode. No secret here: they are filled in on the guest. */
  readonly files: readonly GuestFile[];
}

/** Document of a machine that runs an application. */
export interface GuestDocument extends MachineDocument {
  readonly role: "prestashop" | "odoo";
  readonly domain: string;
  readonly release: { readonly version: string; readonly url: string; readonly sha256: string };
  readonly database: {
    readonly engine: "mysql" | "postgresql";
    readonly host: string;
    readonly port: number;
    readonly name: string;
    readonly user: string;
    readonly password: string;
    /**
     * Certificate of the authority that signed the database's, PEM. The connection is always encrypted; the server is verified
     * only when this is given.
     */
    readonly ca?: string;
    /** PostgreSQL only: the service's administrator, who grants Odoo's user the right to make tables in the schema `public`. */
    readonly administrator?: { readonly user: string; readonly password: string };
  };
  readonly storage: {
    /** S3 endpoint, such as `https://s3.gra.io.cloud.ovh.net`. */
    readonly endpoint: string;
    readonly region: string;
    readonly bucket: string;
    readonly accessKey: string;
    readonly secretKey: string;
  };
  /** Off-site bucket of the copies, with its own credentials. */
  readonly copies: GuestDocument["storage"];
  /** Addresses whose `X-Forwarded-*` headers are believed. */
  readonly trustedProxies: readonly string[];
  /** Odoo only: who issues its certificate by ACME. Default: Let's Encrypt, without an e-mail address. */
  readonly authority?: { readonly directory: string; readonly email: string };
  /** Odoo only. */
  readonly filestore?: { readonly copyEverySeconds: number; readonly copyTimeoutSeconds: number };
  /** PrestaShop only: most PHP children, whatever the machine carries. Default: no limit. */
  readonly phpChildren?: number;
  /** PrestaShop only: fingerprint of the account at the certificate authority that checks names by http-01; no secret. */
  readonly acmeThumbprint?: string;
  /** PrestaShop only: copy of the images' bucket to `copies`; every front carries it out, so that the loss of one stops nothing. */
  readonly imagesCopy?: { readonly copyEverySeconds: number; readonly copyTimeoutSeconds: number };
  /** Relay of outgoing mail; its password is the secret `mailPassword`. Without it no mail is sent. */
  readonly mail?: {
    readonly host: string;
    readonly port: number;
    /** Left out for a relay that knows its senders by their address. */
    readonly user?: string;
    /** `tls`: from the first byte (port 465); `starttls`: begun by the client (587). */
    readonly tls: "tls" | "starttls" | "none";
  };
  /** PrestaShop only: commands that run in the release's folder as the shop's user, on exactly one front. */
  readonly tasks?: readonly {
    readonly name: string;
    readonly everySeconds: number;
    readonly command: readonly string[];
  }[];
  /** Odoo only: Debian package of wkhtmltopdf with patched Qt. Without it Debian's own, which leaves out page headers and footers. */
  readonly wkhtmltopdf?: { readonly url: string; readonly sha256: string };
  /** Odoo only: networks that may open the ERP, as CIDR; anyone when left out. */
  readonly allowFrom?: readonly string[];
  /** Application secrets by name, such as `cookieKey` (`guestSecretNames`); written to files that only the service reads. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** Document of the machine through which administrators reach the others. */
export interface BastionDocument extends MachineDocument {
  readonly role: "bastion";
  /** Addresses of the machines whose SSH server it forwards to. */
  readonly machines: readonly string[];
  /** Whether administrators get a shell on it. */
  readonly shell: boolean;
}

export type GuestRole = GuestDocument["role"] | BastionDocument["role"];

export interface LogShipping {
  /**
   * `swift://` and an address below which the machine may PUT objects, signed: a secret. Or an address of a log server: `https://`, which receives
   * lines of JSON, `syslog://` or `syslog+tls://`.
   */
  readonly target: string;
  /** Age at which an object is deleted, in seconds; for object storage only. */
  readonly keepSeconds: number;
  /** From one piece to the next, in seconds. */
  readonly everySeconds: number;
}

export interface GuestFile {
  /** Absolute path on the guest. */
  readonly path: string;
  /** Octal, such as `0644`. */
  readonly mode: string;
  readonly content: string;
}

/** Identity, as user data carries it; the local cloud reads it back from `/etc/lor/identity.json` in the user data. */
export interface GuestIdentity {
  readonly name: string;
  readonly role: GuestRole;
  /** Address of the guest's document, signed for reading only. */
  readonly documentUrl: string;
}

/** Name of the object in which a machine's document lies. */
export function documentName(guest: string): string {
  return `guests/${guest}.json`;
}

/** Beginning of the names of the objects that hold a machine's journal. */
export function logsPrefix(guest: string): string {
  return `logs/${guest}/`;
}

/** Name of the object in which a machine publishes its public host keys. */
export function hostKeysName(guest: string): string {
  return `host-keys/${guest}.json`;
}

/** File in which a machine says how the last document was applied: JSON, readable by everyone. `STATUS` of `machine/lor_machine.py`. */
export const statusFile = "/var/lib/lor/status.json";
