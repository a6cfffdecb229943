using System.Security.Cryptography;
using CryptoDev.Conformance.Support;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance;

/// <summary>A cipher and a MAC over one message, in both orders, against the two run one after the other on the software driver.</summary>
public sealed class CipherAndMacTests
{
    private static readonly (string Cipher, string Mac)[] s_pairs =
    [
        ("aes-cbc", "hmac-sha256"),
        ("aes-cbc", "hmac-sha1-96"),
        ("aes-ctr", "hmac-sha512"),
        ("aes-xts", "aes-cmac"),
        ("3des-cbc", "hmac-md5"),
        ("chacha20", "sha256"),
        ("null", "hmac-sha384"),
        ("aes-ecb", "aes-xcbc-mac-96"),
        ("camellia-cbc", "null-hmac"),
        ("arc4", "sha1-kpdk"),
    ];

    /// <summary>The pairs that each driver can take.</summary>
    public static TheoryData<string, string, string, MacOrder> Cases
    {
        get
        {
            TheoryData<string, string, string, MacOrder> cases = [];
            foreach (DriverInfo driver in Targets.Drivers.Where(driver => Targets.All.Any(target => target.Driver == driver.Name)))
            {
                foreach ((string cipher, string mac) in s_pairs)
                {
                    if (driver.Algorithms.Contains(CryptoAlgorithm.Parse(cipher)) && driver.Algorithms.Contains(CryptoAlgorithm.Parse(mac)))
                    {
                        cases.Add(driver.Name, cipher, mac, MacOrder.MacPlaintext);
                        cases.Add(driver.Name, cipher, mac, MacOrder.MacCiphertext);
                    }
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_tag_covers_what_the_order_says(string driver, string cipher, string mac, MacOrder order)
    {
        Seeded random = new();
        using Keys keys = new(cipher, mac, random);
        using Session session = keys.Open(driver, order);
        using Subject plainCipher = Subject.OpenWithKey(Targets.Software, keys.Cipher, keys.CipherBytes);
        using Subject plainMac = Subject.OpenWithKey(Targets.Software, keys.Mac, keys.MacBytes);
        foreach (int wanted in new[] { 0, 16, 17, 64, 200, 4096 })
        {
            int length = Sizes.Fitted(keys.Cipher, wanted);
            byte[] plaintext = random.Bytes(length);
            byte[] iv = Subject.NewIv(keys.Cipher, session.IvLength, random);
            byte[] aad = random.Bytes(length % 32 == 0 ? 0 : 13);
            string what = $"{session}, {order}, {length} bytes, {aad.Length} of associated data, seed {random.Seed}";
            byte[] ciphertext = plainCipher.Seal(plaintext, iv);
            byte[] tag = plainMac.Seal([.. aad, .. order == MacOrder.MacPlaintext ? plaintext : ciphertext], []);

            byte[] output = new byte[length];
            byte[] computed = new byte[tag.Length];
            session.Process(CryptOp.Seal(iv, plaintext, output, computed, aad)).Should().Be(length);
            Check.Same(ciphertext, output, what);
            Check.Same(tag, computed, $"{what}, tag");

            byte[] attached = new byte[length + tag.Length];
            session.Process(CryptOp.SealAttached(iv, plaintext, attached, aad)).Should().Be(attached.Length);
            Check.Same([.. ciphertext, .. tag], attached, $"{what}, tag attached");

            byte[] back = new byte[length];
            session.Process(CryptOp.OpenAttached(iv, attached, back, aad)).Should().Be(length);
            Check.Same(plaintext, back, $"{what}, back");

            byte[] place = [.. plaintext];
            session.Process(CryptOp.Seal(iv, place, place, computed, aad)).Should().Be(length);
            Check.Same(ciphertext, place, $"{what}, in place");
            Check.Same(tag, computed, $"{what}, tag in place");
            session.Process(CryptOp.Open(iv, place, tag, place, aad)).Should().Be(length);
            Check.Same(plaintext, place, $"{what}, back in place");

            // The op may turn the tag's meaning round: computed when decrypting, verified when encrypting.
            computed.AsSpan().Clear();
            session
                .Process(
                    new CryptOp
                    {
                        Direction = CryptDirection.Decrypt,
                        TagAction = TagAction.Compute,
                        Source = ciphertext,
                        Destination = back,
                        Iv = iv,
                        AssociatedData = aad,
                        Tag = computed,
                    }
                )
                .Should()
                .Be(length);
            Check.Same(tag, computed, $"{what}, tag computed when decrypting");
            session
                .Process(
                    new CryptOp
                    {
                        TagAction = TagAction.Verify,
                        Source = plaintext,
                        Destination = output,
                        Iv = iv,
                        AssociatedData = aad,
                        ExpectedTag = tag,
                    }
                )
                .Should()
                .Be(length);
            Check.Same(ciphertext, output, $"{what}, tag verified when encrypting");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_wrong_byte_is_found_and_nothing_is_released(string driver, string cipher, string mac, MacOrder order)
    {
        Seeded random = new();
        using Keys keys = new(cipher, mac, random);
        using Session session = keys.Open(driver, order);
        byte[] iv = Subject.NewIv(keys.Cipher, session.IvLength, random);
        byte[] aad = random.Bytes(5);
        byte[] whole = new byte[32 + session.TagLength];
        session.Process(CryptOp.SealAttached(iv, random.Bytes(32), whole, aad));
        byte[] output = new byte[32];
        bool nothingCovered = keys.Mac == CryptoAlgorithm.NullHmac;
        foreach (
            (string part, byte[] bytes, int from) in new[]
            {
                ("ciphertext or tag", whole, nothingCovered ? 32 : 0),
                ("associated data", aad, nothingCovered ? 5 : 0),
            }
        )
        {
            for (int at = from; at < bytes.Length; at++)
            {
                bytes[at] ^= 4;
                output.AsSpan().Fill(1);
                string what = $"{session}, {order}, byte {at} of the {part} changed, seed {random.Seed}";
                Check.Throws<AuthenticationTagMismatchException>(what, () => session.Process(CryptOp.OpenAttached(iv, whole, output, aad)));
                Check.Zero(output, $"{what}: plaintext was left");
                bytes[at] ^= 4;
            }
        }

        session.Process(CryptOp.OpenAttached(iv, whole, output, aad)).Should().Be(32);
        Check.Refused(
            $"{session}, tag length",
            () => session.Process(CryptOp.Seal(iv, output, output, new byte[session.TagLength + 1], aad)),
            $"{session.TagLength}",
            $"{session.TagLength + 1}"
        );
        Check.Refused(
            $"{session}, tag in the destination",
            () => session.Process(CryptOp.Seal(iv, output, whole.AsSpan(0, 32), whole.AsSpan(20, session.TagLength), aad)),
            "tag"
        );
        // An attached tag lies in the source when decrypting, which nobody may write, and in unwritten room when encrypting.
        byte[] before = [.. whole];
        Check.Refused(
            $"{session}, attached tag computed when decrypting",
            () =>
                session.Process(
                    new CryptOp
                    {
                        Direction = CryptDirection.Decrypt,
                        TagAction = TagAction.Compute,
                        Source = whole,
                        Destination = output,
                        Iv = iv,
                        AssociatedData = aad,
                    }
                ),
            "detached"
        );
        Check.Same(before, whole, $"{session}, source of a refused operation");
        Check.Refused(
            $"{session}, attached tag verified when encrypting",
            () =>
                session.Process(
                    new CryptOp
                    {
                        TagAction = TagAction.Verify,
                        Source = output,
                        Destination = new byte[whole.Length],
                        Iv = iv,
                        AssociatedData = aad,
                    }
                ),
            "detached"
        );
        Check.Throws<InvalidOperationException>($"{session}, running digest", () => session.BeginDigest());
        Check.Throws<InvalidOperationException>($"{session}, running cipher", () => session.BeginCipher(CryptDirection.Encrypt, iv));
    }

    /// <summary>The two keys of a pair.</summary>
    private sealed class Keys(string cipher, string mac, Seeded random) : IDisposable
    {
        public CryptoAlgorithm Cipher { get; } = CryptoAlgorithm.Parse(cipher);

        public CryptoAlgorithm Mac { get; } = CryptoAlgorithm.Parse(mac);

        public byte[] CipherBytes { get; } = random.Bytes(CryptoAlgorithm.Parse(cipher).KeySizes.Default);

        public byte[] MacBytes { get; } = random.Bytes(CryptoAlgorithm.Parse(mac).KeySizes.Default);

        private readonly List<CryptoKey> _held = [];

        public Session Open(string driver, MacOrder order) =>
            Targets.Open(
                driver,
                SessionParameters.CipherAndMac(
                    new CryptoTransform(Cipher, Hold(Cipher, CipherBytes)),
                    new CryptoTransform(Mac, Hold(Mac, MacBytes)),
                    order
                )
            );

        public void Dispose() => _held.ForEach(key => key.Dispose());

        private CryptoKey? Hold(CryptoAlgorithm algorithm, byte[] bytes)
        {
            if (algorithm.KeySizes.Maximum == 0)
            {
                return null;
            }

            _held.Add(CryptoKey.Copy(bytes));
            return _held[^1];
        }
    }
}
