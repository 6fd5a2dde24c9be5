/** Which addresses count as one sender. */

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;
const IPV6 = /^[0-9a-f:.]+$/i;
const IPV6_GROUPS = 8;
const NETWORK_GROUPS = 4;
/** `::ffff:192.0.2.1` is an IPv4 address: https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.2 */
const MAPPED_IPV4 = ["0", "0", "0", "0", "0", "ffff"].join(":");
/** All requests without a valid address count as one sender, so that omitting it gains nothing. */
const UNKNOWN = "unknown";

/**
 * Return an IPv4 address, or the /64 of an IPv6 address, because its holder can use the whole /64
 * (https://www.rfc-editor.org/rfc/rfc6177). All spellings of an address give the same result.
 */
export function networkOf(address: string): string {
  const trimmed = address.trim();
  if (IPV4.test(trimmed)) {
    return trimmed;
  }
  const groups = IPV6.test(trimmed) ? groupsOf(trimmed) : null;
  if (groups === null) {
    return UNKNOWN;
  }
  const start = groups.slice(0, -2).join(":");
  if (start === MAPPED_IPV4) {
    return ipv4From(groups.slice(-2));
  }
  return `${groups.slice(0, NETWORK_GROUPS).join(":")}::/64`;
}

/** All eight groups, as the URL parser writes them: lower case, no leading zeros. */
function groupsOf(address: string): string[] | null {
  const url = URL.parse(`http://[${address}]/`);
  if (url === null) {
    return null;
  }
  const [left = [], right = []] = url.hostname
    .slice(1, -1)
    .split("::")
    .map((half) => half.split(":").filter((group) => group !== ""));
  const zeros = IPV6_GROUPS - left.length - right.length;
  return [...left, ...new Array<string>(zeros).fill("0"), ...right];
}

function ipv4From(groups: readonly string[]): string {
  return groups
    .flatMap((group) => {
      const value = Number.parseInt(group, 16);
      return [value >> 8, value & 0xff];
    })
    .join(".");
}
