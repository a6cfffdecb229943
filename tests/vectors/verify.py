#!/usr/bin/env python3
"""Checks every vector of this folder against implementations that share nothing with the library under test.

AES, its modes, ChaCha20, Poly1305, ARC4 and KPDK are computed here from their definitions; digests by hashlib; the old ciphers and
RIPEMD-160 by the openssl command with its legacy provider. Prints a line per file; exits 1 when a vector does not hold.
"""
import gzip, hashlib, hmac, os, re, struct, subprocess, sys, zlib

HERE = os.path.dirname(os.path.abspath(__file__))


TERM = re.compile(
    r'\((.*?)\)\*(\d+)\s*|"([^"]*)"\s*|([0-9a-f]{2})\.\.([0-9a-f]{2})\s*|([0-9a-f]{2})\*(\d+)\s*|'
    r'((?:[0-9a-f]{2})+)(?:\s+|$)'
)


def value(text):
    out, text = b"", text.strip()
    while text:
        match = TERM.match(text)
        if not match:
            raise ValueError(text)
        group, times, quoted, first, last, byte, count, digits = match.groups()
        if group is not None:
            out += value(group) * int(times)
        elif quoted is not None:
            out += quoted.encode()
        elif first is not None:
            out += bytes(range(int(first, 16), int(last, 16) + 1))
        elif byte is not None:
            out += bytes.fromhex(byte) * int(count)
        else:
            out += bytes.fromhex(digits)
        text = text[match.end():]
    return out


def records(path):
    record = {}
    for line in list(open(path, encoding="utf-8")) + [""]:
        line = line.strip()
        if line.startswith("#"):
            continue
        if not line:
            if record:
                yield record
            record = {}
            continue
        name, _, text = line.partition("=")
        name = name.strip()
        record[name] = text.strip() if name == "source" else value(text)


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


# AES from FIPS 197.
def double(a):
    return ((a << 1) ^ 0x11B) & 0xFF if a & 0x80 else a << 1


def times(a, b):
    r = 0
    while b:
        r ^= a if b & 1 else 0
        a, b = double(a), b >> 1
    return r


def make_sbox():
    box = [0] * 256
    for a in range(256):
        inverse = next((b for b in range(256) if times(a, b) == 1), 0)
        s = inverse
        for shift in range(1, 5):
            s ^= ((inverse << shift) | (inverse >> (8 - shift))) & 0xFF
        box[a] = s ^ 0x63
    return box


SBOX = make_sbox()
TWO = [times(a, 2) for a in range(256)]
THREE = [times(a, 3) for a in range(256)]


class Aes:
    def __init__(self, key):
        words = [list(key[i:i + 4]) for i in range(0, len(key), 4)]
        n, self.rounds, rcon = len(words), len(words) + 6, 1
        for i in range(n, 4 * (self.rounds + 1)):
            word = list(words[i - 1])
            if i % n == 0:
                word = [SBOX[b] for b in word[1:] + word[:1]]
                word[0] ^= rcon
                rcon = double(rcon)
            elif n > 6 and i % n == 4:
                word = [SBOX[b] for b in word]
            words.append([a ^ b for a, b in zip(words[i - n], word)])
        self.keys = [sum(words[4 * r:4 * r + 4], []) for r in range(self.rounds + 1)]

    def block(self, data):
        state = [a ^ b for a, b in zip(data, self.keys[0])]
        for r in range(1, self.rounds + 1):
            state = [SBOX[state[(i + 4 * (i % 4)) % 16]] for i in range(16)]
            if r < self.rounds:
                mixed = []
                for c in range(0, 16, 4):
                    a, b, d, e = state[c:c + 4]
                    mixed += [TWO[a] ^ THREE[b] ^ d ^ e, a ^ TWO[b] ^ THREE[d] ^ e, a ^ b ^ TWO[d] ^ THREE[e], THREE[a] ^ b ^ d ^ TWO[e]]
                state = mixed
            state = [a ^ b for a, b in zip(state, self.keys[r])]
        return bytes(state)


def blocks(data, size=16):
    return [data[i:i + size] for i in range(0, len(data), size)]


def ecb(key, iv, data):
    aes = Aes(key)
    return b"".join(aes.block(b) for b in blocks(data))


def cbc(key, iv, data):
    aes, out = Aes(key), b""
    for b in blocks(data):
        iv = aes.block(xor(iv, b))
        out += iv
    return out


def ctr(key, iv, data):
    aes, counter, out = Aes(key), int.from_bytes(iv, "big"), b""
    for i, b in enumerate(blocks(data)):
        out += xor(b, aes.block(((counter + i) % (1 << 128)).to_bytes(16, "big")))
    return out


def cfb(key, iv, data):
    aes, out = Aes(key), b""
    for b in blocks(data):
        iv = xor(b, aes.block(iv))
        out += iv
    return out


def ofb(key, iv, data):
    aes, out = Aes(key), b""
    for b in blocks(data):
        iv = aes.block(iv)
        out += xor(b, iv)
    return out


def xts(key, iv, data):
    half = len(key) // 2
    aes, tweak = Aes(key[:half]), int.from_bytes(Aes(key[half:]).block(iv), "little")
    parts, out = blocks(data), []
    for part in parts:
        t = tweak.to_bytes(16, "little")
        tweak = (tweak << 1) ^ (0x87 | 1 << 128 if tweak >> 127 else 0)
        if len(part) < 16:
            last = out.pop()
            out += [xor(aes.block(xor(part + last[len(part):], t)), t), last[:len(part)]]
        else:
            out.append(xor(aes.block(xor(part, t)), t))
    return b"".join(out)


def ghash(h, data):
    h, y = int.from_bytes(h, "big"), 0
    for b in blocks(data):
        y ^= int.from_bytes(b, "big")
        z, v = 0, h
        for i in range(127, -1, -1):
            z ^= v if y >> i & 1 else 0
            v = (v >> 1) ^ (0xE1 << 120 if v & 1 else 0)
        y = z
    return y.to_bytes(16, "big")


def padded(data):
    return data + bytes(-len(data) % 16)


def gcm(key, iv, aad, data, size):
    aes = Aes(key)
    h = aes.block(bytes(16))
    first = iv + b"\0\0\0\1" if len(iv) == 12 else ghash(h, padded(iv) + struct.pack(">QQ", 0, 8 * len(iv)))
    start, out = int.from_bytes(first[12:], "big"), b""
    for i, b in enumerate(blocks(data)):
        out += xor(b, aes.block(first[:12] + ((start + 1 + i) & 0xFFFFFFFF).to_bytes(4, "big")))
    s = ghash(h, padded(aad) + padded(out) + struct.pack(">QQ", 8 * len(aad), 8 * len(out)))
    return out, xor(s, aes.block(first))[:size]


def ccm(key, iv, aad, data, size):
    aes, q = Aes(key), 15 - len(iv)
    head = bytes([(64 if aad else 0) + 8 * ((size - 2) // 2) + q - 1]) + iv + len(data).to_bytes(q, "big")
    if aad:
        prefix = struct.pack(">H", len(aad)) if len(aad) < 0xFF00 else b"\xff\xfe" + struct.pack(">I", len(aad))
        head += padded(prefix + aad)
    mac = cbc(key, bytes(16), head + padded(data))[-16:]
    counter = lambda i: aes.block(bytes([q - 1]) + iv + i.to_bytes(q, "big"))
    out = b"".join(xor(b, counter(i + 1)) for i, b in enumerate(blocks(data)))
    return out, xor(mac, counter(0))[:size]


def left(block):
    n = int.from_bytes(block, "big") << 1
    return ((n ^ 0x87 if n >> 128 else n) % (1 << 128)).to_bytes(16, "big")


def cmac(key, data):
    k1 = left(Aes(key).block(bytes(16)))
    whole = data and len(data) % 16 == 0
    body = data if whole else padded(data + b"\x80")
    return cbc(key, bytes(16), body[:-16] + xor(body[-16:], k1 if whole else left(k1)))[-16:]


def xcbc(key, data):
    k1, k2, k3 = (Aes(key).block(bytes([i] * 16)) for i in (1, 2, 3))
    whole = data and len(data) % 16 == 0
    body = data if whole else padded(data + b"\x80")
    return cbc(k1, bytes(16), body[:-16] + xor(body[-16:], k2 if whole else k3))[-16:]


# RFC 8439.
def chacha_block(key, iv):
    start = list(struct.unpack("<16I", b"expand 32-byte k" + key + iv))
    x = list(start)

    def quarter(a, b, c, d):
        for one, two, three, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            x[one] = (x[one] + x[two]) & 0xFFFFFFFF
            n = x[three] ^ x[one]
            x[three] = (n << turn | n >> (32 - turn)) & 0xFFFFFFFF

    for _ in range(10):
        for i in range(4):
            quarter(i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(x, start)))


def chacha20(key, iv, data):
    counter = int.from_bytes(iv[:4], "little")
    return b"".join(xor(b, chacha_block(key, struct.pack("<I", counter + i) + iv[4:])) for i, b in enumerate(blocks(data, 64)))


def chacha20_poly1305(key, iv, aad, data, size):
    once = chacha_block(key, bytes(4) + iv)
    out = chacha20(key, b"\1\0\0\0" + iv, data)
    r = int.from_bytes(once[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for b in blocks(padded(aad) + padded(out) + struct.pack("<QQ", len(aad), len(out))):
        total = (total + int.from_bytes(b + b"\1", "little")) * r % ((1 << 130) - 5)
    return out, ((total + int.from_bytes(once[16:32], "little")) % (1 << 128)).to_bytes(16, "little")[:size]


def arc4(key, iv, data):
    s, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + s[i] + key[i % len(key)]) % 256
        s[i], s[j] = s[j], s[i]
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + s[i]) % 256
        s[i], s[j] = s[j], s[i]
        out.append(byte ^ s[(s[i] + s[j]) % 256])
    return bytes(out)


def kpdk(name):
    def mac(key, data):
        count = struct.pack("<Q" if name == "md5" else ">Q", 8 * len(key))
        fill = b"\x80" + bytes((55 - len(key)) % 64) + count
        return hashlib.new(name, key + fill + data + key).digest()
    return mac


def openssl(*arguments, data):
    command = ["openssl", *arguments, "-provider", "legacy", "-provider", "default"]
    return subprocess.run(command, input=data, check=True, capture_output=True).stdout


def enc(name):
    def cipher(key, iv, data):
        full = name.format(bits=8 * len(key))
        return openssl("enc", "-" + full, "-K", key.hex(), "-iv", iv.hex(), "-nopad", data=data)
    return cipher


def variable(name):
    """openssl enc fixes the key length of these, so ask the cryptography package where the key is not 16 bytes."""
    def cipher(key, iv, data):
        if len(key) == 16:
            return enc({"Blowfish": "bf-cbc", "CAST5": "cast5-cbc"}[name])(key, iv, data)
        try:
            from cryptography.hazmat.decrepit.ciphers import algorithms
        except ImportError:
            from cryptography.hazmat.primitives.ciphers import algorithms
        from cryptography.hazmat.primitives.ciphers import Cipher, modes
        run = Cipher(getattr(algorithms, name)(key), modes.CBC(iv)).encryptor()
        return run.update(data) + run.finalize()
    return cipher


def ripemd160(data):
    return openssl("dgst", "-ripemd160", "-binary", data=data)


def hmac_ripemd160(key, data):
    key = (ripemd160(key) if len(key) > 64 else key).ljust(64, b"\0")
    return ripemd160(xor(key, b"\x5c" * 64) + ripemd160(xor(key, b"\x36" * 64) + data))


def digest(name):
    return lambda data: hashlib.new(name, data).digest()


def mac(name):
    return lambda key, data: hmac.new(key, data, name).digest()


CIPHERS = {
    "aes-ecb": ecb, "aes-cbc": cbc, "aes-ctr": ctr, "aes-xts": xts, "aes-cfb": cfb, "aes-ofb": ofb, "arc4": arc4, "chacha20": chacha20,
    "des-cbc": enc("des-cbc"), "3des-cbc": enc("des-ede3-cbc"), "camellia-cbc": enc("camellia-{bits}-cbc"),
    "blowfish-cbc": variable("Blowfish"), "cast5-cbc": variable("CAST5"), "null": lambda key, iv, data: data,
}
AEADS = {"aes-gcm": gcm, "aes-ccm": ccm, "chacha20-poly1305": chacha20_poly1305}
DIGESTS = {name: digest(name.replace("sha3-", "sha3_")) for name in (
    "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3-224", "sha3-256", "sha3-384", "sha3-512", "blake2b", "blake2s")}
DIGESTS["ripemd160"] = ripemd160
MACS = {f"hmac-{name}{cut}": mac(name) for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512") for cut in ("", "-96")}
MACS |= {
    "hmac-ripemd160": hmac_ripemd160, "hmac-ripemd160-96": hmac_ripemd160, "md5-kpdk": kpdk("md5"), "sha1-kpdk": kpdk("sha1"),
    "aes-cmac": cmac, "aes-xcbc-mac": xcbc, "aes-xcbc-mac-96": xcbc, "null-hmac": lambda key, data: bytes(12),
}
EXPAND = {
    "deflate": lambda data: zlib.decompress(data, -15), "deflate-nogrow": lambda data: zlib.decompress(data, -15),
    "gzip": gzip.decompress,
}


def holds(name, r):
    key, iv, tag = r.get("key", b""), r.get("iv", b""), r.get("tag", b"")
    if name in CIPHERS:
        return CIPHERS[name](key, iv, r["plaintext"]) == r["ciphertext"]
    if name in AEADS:
        return AEADS[name](key, iv, r.get("aad", b""), r["plaintext"], len(tag)) == (r["ciphertext"], tag)
    if name in DIGESTS:
        return DIGESTS[name](r["message"]) == tag
    if name.endswith("-gmac"):
        return gcm(key, iv, r["message"], b"", len(tag))[1] == tag
    if name in EXPAND:
        return EXPAND[name](r["ciphertext"]) == r["plaintext"]
    return len(tag) > 0 and MACS[name](key, r["message"])[:len(tag)] == tag


def main():
    wrong = 0
    for file in sorted(os.listdir(HERE)):
        name, ending = os.path.splitext(file)
        if ending != ".txt":
            continue
        count = 0
        for r in records(os.path.join(HERE, file)):
            count += 1
            if not holds(name, r):
                wrong += 1
                print(f"{file}: does not hold: {r['source']}")
        print(f"{file}: {count}")
        if count == 0:
            wrong += 1
    return 1 if wrong else 0


sys.exit(main())
