"""Pair of RSA keys of PrestaShop's administration API, from 8.1 on: the same on every front, because it follows from one secret.

OpenSSL makes keys by chance only, and a pair that one front made would have to reach the others before they serve.
"""
import base64
import functools
import hashlib
import hmac
import itertools
import math

BITS = 2048
EXPONENT = 65537
# FIPS 186-5, B.3: 5 suffice for numbers of 1024 bits that are chosen by chance.
ROUNDS = 8
SMALL = math.prod(number for number in range(3, 2000, 2) if all(number % other for other in range(3, math.isqrt(number) + 1, 2)))
RSA_ENCRYPTION = bytes.fromhex("06092a864886f70d0101010500")


@functools.cache
def api_keys(secret):
    """Public and private key, in PEM."""
    p, q = prime(secret, "p"), prime(secret, "q")
    n, d = p * q, pow(EXPONENT, -1, math.lcm(p - 1, q - 1))
    public = sequence(integer(n), integer(EXPONENT))
    # RFC 8017, A.1.2: version, then the key and what makes it fast.
    private = sequence(*map(integer, (0, n, EXPONENT, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))))
    algorithm = der(0x30, RSA_ENCRYPTION)
    return (pem("PUBLIC KEY", sequence(algorithm, der(0x03, b"\0" + public))),
            pem("PRIVATE KEY", sequence(integer(0), algorithm, der(0x04, private))))


def prime(secret, name):
    """The first prime of a sequence of numbers that only the secret's owner can compute."""
    for counter in itertools.count():
        found = number(secret, "api-%s-%d" % (name, counter), BITS // 2)
        # The two highest bits: the product of two such primes has its full length.
        found |= 3 << (BITS // 2 - 2) | 1
        if math.gcd(found, SMALL) == 1 and math.gcd(found - 1, EXPONENT) == 1 and is_prime(found, secret):
            return found


def number(secret, purpose, bits):
    stream = b"".join(hmac.new(secret.encode(), b"%s %d" % (purpose.encode(), block), hashlib.sha512).digest() for block in range(bits // 512))
    return int.from_bytes(stream, "big")


def is_prime(candidate, secret):
    """Test of Miller and Rabin."""
    shift = (candidate - 1 & 1 - candidate).bit_length() - 1
    odd = candidate - 1 >> shift
    for turn in range(ROUNDS):
        power = pow(number(secret, "api-base-%d" % turn, BITS // 2) % (candidate - 3) + 2, odd, candidate)
        if power in (1, candidate - 1):
            continue
        for _ in range(shift - 1):
            power = pow(power, 2, candidate)
            if power == candidate - 1:
                break
        else:
            return False
    return True


def integer(value):
    return der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def sequence(*parts):
    return der(0x30, b"".join(parts))


def der(tag, body):
    """A value with its tag and length (X.690, 8.1)."""
    size = len(body)
    length = bytes([size]) if size < 128 else bytes([0x80 | (size.bit_length() + 7) // 8]) + size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag]) + length + body


def pem(label, body):
    text = base64.b64encode(body).decode()
    lines = [text[start:start + 64] for start in range(0, len(text), 64)]
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n" % (label, "\n".join(lines), label)
