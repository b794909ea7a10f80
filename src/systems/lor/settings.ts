import type { FlavorFamily } from "../../clouds/ovh/offers.ts";
import type { CertificateSection, DnsSection } from "../../config/certificate-fields.ts";
import type { MinHealthySetting } from "../../config/rolling-fields.ts";
import type { Cidr, IpAddress } from "../../core/cidr.ts";
import type { Duration } from "../../core/duration.ts";
import type { Size } from "../../core/size.ts";
import type { SharedSettings } from "../contract.ts";
import type { BasePart } from "./plan-model.ts";

/** Settings of one profile of Lor, validated and with defaults: all fields that Pulumi.yaml may contain. */
export interface LorSettings extends SharedSettings {
  readonly system: "lor";
  readonly region: {
    /** Region of instances, network and volumes, such as `GRA11`. */
    readonly compute: string;
    /** Region of object storage, such as `GRA`. */
    readonly storage: string;
    /** Region of managed databases, such as `GRA`. */
    readonly database: string;
    /** Region of the off-site copies, different from `storage` and `database`. */
    readonly offsite: string;
  };
  readonly administration: {
    /** One line of an OpenSSH public key file. */
    readonly sshPublicKey: string;
    readonly email: string;
  };
  readonly network: {
    /** vRack service name, `pn-…`. */
    readonly vrack: string;
    /** Contains every subnet. */
    readonly cidr: Cidr;
    /** Name of the cloud's public network. Default `Ext-Net`. */
    readonly externalNetwork: string;
    readonly subnets: Readonly<Record<BasePart, SubnetSettings>>;
  };
  readonly loadBalancer: {
    /** `ovh` (default): its size changes in place; `openstack`: its size is fixed at creation. */
    readonly driver: "ovh" | "openstack";
    /** Wanted private address; the driver `ovh` gives its own. */
    readonly address: IpAddress;
    /** Mbit/s: 200, 500, 2000 or 4000. */
    readonly bandwidth: number;
    /** Time without a byte after which the balancer gives up. Defaults: PT6M, PT5S, PT6M, longer than what a front gives a request itself. */
    readonly timeouts: {
      /** Of a customer's connection. */
      readonly client: Duration;
      /** For a front to accept a connection. */
      readonly memberConnect: Duration;
      /** Of a connection to a front: the longest wait for a page. */
      readonly memberData: Duration;
    };
  };
  readonly prestashop: {
    readonly domain: string;
    /** One for each front in any profile. */
    readonly addresses: readonly IpAddress[];
    /** At least 2: a load balancer over one front has no redundancy. */
    readonly fronts: number;
    /** As named in the settings, such as `b2-7`. */
    readonly frontsFlavor: string;
    /** `flex` (default): a flavor whose resize is reversible; `classic`: the plain one. */
    readonly flavorFamily: FlavorFamily;
    /** Data volume of each front. */
    readonly disk: Size;
    /** Public image, such as `Debian 12`. */
    readonly image: string;
    /** Most PHP children of a front, 1 to 500; undefined (the default): as many as its machine carries. */
    readonly phpChildren?: number | undefined;
    readonly release: ReleaseSettings;
    /** Commands that run in the shop's folder on exactly one front. Default: none. */
    readonly tasks: readonly TaskSettings[];
  };
  readonly odoo: {
    readonly domain: string;
    readonly address: IpAddress;
    readonly flavor: string;
    /** As for the fronts. */
    readonly flavorFamily: FlavorFamily;
    readonly disk: Size;
    readonly image: string;
    readonly release: ReleaseSettings;
    /** Copy of the filestore together with a dump of its database. Defaults: every PT30M, at most PT10M. */
    readonly filestore: CopySettings;
    /** Networks that may open the ERP by HTTPS; undefined (the default): anyone. */
    readonly allowFrom?: readonly Cidr[] | undefined;
    /** Debian package of wkhtmltopdf with patched Qt; undefined (the default): Debian's own, without page headers and footers. */
    readonly wkhtmltopdf?: Pick<ReleaseSettings, "url" | "sha256"> | undefined;
  };
  /** Relay of the applications' outgoing mail. Absent (the default): they send none, unless the back office names a server. */
  readonly mail?: MailSettings | undefined;
  readonly mysql: DatabaseSettings;
  readonly postgresql: DatabaseSettings & {
    /**
     * Whether the stack takes over the service's administrator, so that Odoo's machine grants itself the right to make tables. Its password is
     * reset once. Default: false.
     */
    readonly adoptAdministrator: boolean;
  };
  readonly storage: {
    /** Expected amount of shop images and other large files, for the price. Old versions, which are never deleted, come on top. */
    readonly size: Size;
    /** Copy of the images to the off-site region. Defaults: every PT30M, at most PT10M. */
    readonly copy: CopySettings;
  };
  readonly backups: {
    readonly instances: {
      /** Five fields, UTC. */
      readonly cron: string;
      /** Copies kept, at least 1. */
      readonly keep: number;
    };
  };
  /** Logging in to machines. Absent (the default): port 22 is closed everywhere. */
  readonly access?: AccessSettings | undefined;
  /** Journals of the machines, sent elsewhere. Absent (the default): they stay on their machines. */
  readonly logs?: LogsSettings | undefined;
  /** Origin of the shop's certificate. Default: a PKCS#12 file given by a person. */
  readonly certificates: CertificateSection;
  /** DNS zone at OVHcloud that contains the names, whether its records are created, and further ones. Default: none. */
  readonly dns: DnsSection;
  readonly rolling: {
    /** Minimum number of healthy serving fronts during a change; undefined (the default): the number of fronts in normal. */
    readonly minHealthy?: MinHealthySetting | undefined;
  };
}

export interface SubnetSettings {
  readonly cidr: Cidr;
  /** 1-4094, different for each part. */
  readonly vlan: number;
}

export interface AccessSettings {
  /** People who may log in, by name: the session log names them. */
  readonly administrators: readonly {
    readonly name: string;
    /** One line of an OpenSSH public key file. */
    readonly key: string;
  }[];
  /** Networks from which the bastion accepts connections. */
  readonly allowFrom: readonly Cidr[];
  /** Subnet of the bastion; no other machine is in it. */
  readonly subnet: SubnetSettings;
  readonly bastion: {
    readonly address: IpAddress;
    /** Default `b3-8`, the cheapest size with a known price. It is never resized, so it needs no flex flavor. */
    readonly flavor: string;
    /** Default `Debian 12`. */
    readonly image: string;
    /** Whether administrators get a shell on the bastion itself. Default false: it only forwards. */
    readonly shell: boolean;
  };
}

export interface LogsSettings {
  /** `object-storage` (the default): the container of the configuration; or the address of a log server. */
  readonly target: string;
  /** Age at which a piece in the object storage is deleted. Default P30D. */
  readonly keep: Duration;
}

interface ReleaseSettings {
  readonly version: string;
  /** https. */
  readonly url: string;
  /** 64 hexadecimal digits; all zeros mean "not known yet" and cause a warning. */
  readonly sha256: string;
}

interface TaskSettings {
  readonly name: string;
  /** From the start of one run to the start of the next; at least a minute, default PT1H. */
  readonly every: Duration;
  /** Program and arguments, run as the shop's user. */
  readonly command: readonly string[];
}

interface MailSettings {
  readonly host: string;
  /** Default 587. */
  readonly port: number;
  /** `starttls` (default): begun by the client; `tls`: from the first byte; `none`: in the clear. */
  readonly tls: "starttls" | "tls" | "none";
  /** Its password is in the file of `LOR_MAIL_PASSWORD_FILE`. Absent (the default): the relay knows the machines by their address. */
  readonly user?: string | undefined;
}

export interface CopySettings {
  /** From the start of one copy to the start of the next. */
  readonly copyEvery: Duration;
  /** A copy that takes longer is stopped and reported. */
  readonly copyTimeout: Duration;
}

export interface DatabaseSettings {
  readonly version: string;
  /** `essential` 1 node, `business` or `production` 2, `enterprise` or `advanced` 3. */
  readonly plan: string;
  readonly flavor: string;
  readonly disk: Size;
  /** Only `private`: a public database is refused. */
  readonly access: "private";
  /** UTC, `HH:MM:SS`. */
  readonly backupTime: string;
}
