"""Random powers for `cryptodev key modexp --batch`, and the right answers by Python's own integers.

powers.py make SEED COUNT > cases
powers.py compare CASES RESULTS: prints what differs; the exit code is 0 when nothing does
"""
import random
import sys

BITS = [0, 1, 2, 7, 8, 9, 31, 32, 33, 63, 64, 65, 127, 128, 129, 160, 251, 256, 511, 512, 513, 1023, 1024, 1025]


def number(source, bits):
    return source.getrandbits(bits - 1) | 1 << bits - 1 if bits else 0


def spelled(source, value):
    # Hex with leading zeros now and then, or decimal.
    return source.choice([f"{value:#x}", f"0x{'0' * source.randrange(9)}{value:x}", str(value)])


def make(seed, count):
    source = random.Random(seed)
    for i in range(count):
        a, e, m = (number(source, 2048 if source.randrange(50) == 0 else source.choice(BITS)) for _ in range(3))
        m = max(m, 1)
        if i % 5 == 0:
            m = max(m & ~1, 2)
        elif i % 5 == 1:
            m = 1 << m.bit_length() - 1
        elif i % 5 == 2:
            m |= 1
        print(spelled(source, a), spelled(source, e), spelled(source, m))


def compare(cases, results):
    with open(cases) as file:
        given = [[int(word, 0) for word in line.split()] for line in file]
    with open(results) as file:
        lines = [line.strip() for line in file]
    wrong = 0 if len(lines) == len(given) else 1
    if wrong:
        print(f"{len(given)} operations, {len(lines)} results")
    for i, ((a, e, m), line) in enumerate(zip(given, lines), 1):
        expected = pow(a, e, m)
        # As many digits as the modulus has bytes, so that the length tells nothing.
        text = f"0x{expected:0{(m.bit_length() + 7) // 8 * 2}x}"
        if line != text:
            wrong += 1
            print(f"line {i}: {a:#x}^{e:#x} mod {m:#x} is {text}, not {line}")
    return wrong


if sys.argv[1] == "make":
    make(int(sys.argv[2]), int(sys.argv[3]))
else:
    sys.exit(1 if compare(sys.argv[2], sys.argv[3]) else 0)
