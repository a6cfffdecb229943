namespace CryptoDev.Framework;

internal static partial class AlgorithmTable
{
    internal static CryptoAlgorithm AesEcb { get; } =
        new()
        {
            Name = "aes-ecb",
            BsdName = "CRYPTO_AES_ECB",
            Kind = AlgorithmKind.Cipher,
            BlockSize = 16,
            ChainBlockSize = 16,
            KeySizes = AesKeys,
            Chaining = IvChaining.None,
            RoundsForKey = AesRounds,
            Kernel = KernelRung.Cipher("ecb(aes)"),
            Libcrypto = new(LibcryptoKind.Cipher, "AES-{bits}-ECB"),
            Aliases = AesSpellings("ecb"),
        };

    internal static CryptoAlgorithm AesCbc { get; } =
        new()
        {
            Name = "aes-cbc",
            BsdName = "CRYPTO_AES_CBC",
            Kind = AlgorithmKind.Cipher,
            BlockSize = 16,
            ChainBlockSize = 16,
            KeySizes = AesKeys,
            IvSizes = SizeSet.Exactly(16),
            Chaining = IvChaining.LastCiphertextBlock,
            RoundsForKey = AesRounds,
            Kernel = KernelRung.Cipher("cbc(aes)"),
            Libcrypto = new(LibcryptoKind.Cipher, "AES-{bits}-CBC"),
            Aliases = AesSpellings("cbc", "CRYPTO_RIJNDAEL128_CBC", "rijndael128-cbc"),
        };

    internal static CryptoAlgorithm AesCtr { get; } =
        new()
        {
            Name = "aes-ctr",
            BsdName = "CRYPTO_AES_CTR",
            Kind = AlgorithmKind.Cipher,
            ChainBlockSize = 16,
            KeySizes = AesKeys,
            IvSizes = SizeSet.Exactly(16),
            Chaining = IvChaining.Counter128,
            RoundsForKey = AesRounds,
            Kernel = KernelRung.Cipher("ctr(aes)"),
            Libcrypto = new(LibcryptoKind.Cipher, "AES-{bits}-CTR"),
            Aliases = AesSpellings("ctr", "CRYPTO_AES_ICM", "aes-icm"),
        };

    // The key is two AES keys. Only the kernel takes 48 bytes (AES-192). IEEE 1619 does not define that size, so no row offers it.
    internal static CryptoAlgorithm AesXts { get; } =
        new()
        {
            Name = "aes-xts",
            BsdName = "CRYPTO_AES_XTS",
            Kind = AlgorithmKind.Cipher,
            ChainBlockSize = 16,
            KeySizes = SizeSet.Of(64, 32, 64),
            IvSizes = SizeSet.Exactly(16),
            MinimumMessageLength = 16,
            LongestMessage = static _ => XtsDataUnit,
            Chaining = IvChaining.WholeMessage,
            RoundsForKey = static length => AesRounds(length / 2),
            Kernel = KernelRung.Cipher("xts(aes)"),
            Libcrypto = new(LibcryptoKind.Cipher, "AES-{bits}-XTS") { KeysInKey = 2 },
            Aliases = [new("aes-128-xts", 32), new("aes-256-xts", 64)],
        };

    internal static CryptoAlgorithm AesCfb { get; } =
        new()
        {
            Name = "aes-cfb",
            BsdName = "CRYPTO_AES_CFB",
            Kind = AlgorithmKind.Cipher,
            ChainBlockSize = 16,
            KeySizes = AesKeys,
            IvSizes = SizeSet.Exactly(16),
            Chaining = IvChaining.LastCiphertextBlock,
            RoundsForKey = AesRounds,
            Kernel = KernelRung.Cipher("cfb(aes)"),
            Libcrypto = new(LibcryptoKind.Cipher, "AES-{bits}-CFB"),
            Aliases = [.. AesSpellings("cfb", "aes-cfb128"), .. AesSpellings("cfb128")],
        };

    internal static CryptoAlgorithm AesOfb { get; } =
        new()
        {
            Name = "aes-ofb",
            BsdName = "CRYPTO_AES_OFB",
            Kind = AlgorithmKind.Cipher,
            ChainBlockSize = 16,
            KeySizes = AesKeys,
            IvSizes = SizeSet.Exactly(16),
            Chaining = IvChaining.LastKeyStreamBlock,
            RoundsForKey = AesRounds,
            Kernel = KernelRung.Cipher("ofb(aes)"),
            Libcrypto = new(LibcryptoKind.Cipher, "AES-{bits}-OFB"),
            Aliases = AesSpellings("ofb"),
        };

    // Weak and semi-weak DES keys are allowed on every rung, as the kernels allow them.
    internal static CryptoAlgorithm DesCbc { get; } =
        new()
        {
            Name = "des-cbc",
            BsdName = "CRYPTO_DES_CBC",
            Kind = AlgorithmKind.Cipher,
            BlockSize = 8,
            ChainBlockSize = 8,
            KeySizes = SizeSet.Exactly(8),
            IvSizes = SizeSet.Exactly(8),
            Chaining = IvChaining.LastCiphertextBlock,
            RoundsForKey = static _ => 16,
            Kernel = KernelRung.Cipher("cbc(des)"),
            Libcrypto = new(LibcryptoKind.Cipher, "DES-CBC") { Legacy = true },
            Aliases = [new("des")],
        };

    internal static CryptoAlgorithm TripleDesCbc { get; } =
        new()
        {
            Name = "3des-cbc",
            BsdName = "CRYPTO_3DES_CBC",
            Kind = AlgorithmKind.Cipher,
            BlockSize = 8,
            ChainBlockSize = 8,
            KeySizes = SizeSet.Exactly(24),
            IvSizes = SizeSet.Exactly(8),
            Chaining = IvChaining.LastCiphertextBlock,
            RoundsForKey = static _ => 48,
            Kernel = KernelRung.Cipher("cbc(des3_ede)"),
            Libcrypto = new(LibcryptoKind.Cipher, "DES-EDE3-CBC"),
            Aliases = [new("des-ede3-cbc", 24), new("des3", 24), new("3des")],
        };

    internal static CryptoAlgorithm BlowfishCbc { get; } =
        new()
        {
            Name = "blowfish-cbc",
            BsdName = "CRYPTO_BLF_CBC",
            Kind = AlgorithmKind.Cipher,
            BlockSize = 8,
            ChainBlockSize = 8,
            KeySizes = SizeSet.Range(16, 4, 56),
            IvSizes = SizeSet.Exactly(8),
            Chaining = IvChaining.LastCiphertextBlock,
            RoundsForKey = static _ => 16,
            Kernel = KernelRung.Cipher("cbc(blowfish)"),
            Libcrypto = new(LibcryptoKind.Cipher, "BF-CBC") { Legacy = true },
            Aliases = [new("bf-cbc"), new("bf"), new("blowfish")],
        };

    internal static CryptoAlgorithm Cast5Cbc { get; } =
        new()
        {
            Name = "cast5-cbc",
            BsdName = "CRYPTO_CAST_CBC",
            Kind = AlgorithmKind.Cipher,
            BlockSize = 8,
            ChainBlockSize = 8,
            KeySizes = SizeSet.Range(16, 5, 16),
            IvSizes = SizeSet.Exactly(8),
            Chaining = IvChaining.LastCiphertextBlock,
            RoundsForKey = static length => length <= 10 ? 12 : 16,
            Kernel = KernelRung.Cipher("cbc(cast5)"),
            Libcrypto = new(LibcryptoKind.Cipher, "CAST5-CBC") { Legacy = true },
            Aliases = [new("cast5"), new("cast")],
        };

    internal static CryptoAlgorithm CamelliaCbc { get; } =
        new()
        {
            Name = "camellia-cbc",
            BsdName = "CRYPTO_CAMELLIA_CBC",
            Kind = AlgorithmKind.Cipher,
            BlockSize = 16,
            ChainBlockSize = 16,
            KeySizes = AesKeys,
            IvSizes = SizeSet.Exactly(16),
            Chaining = IvChaining.LastCiphertextBlock,
            RoundsForKey = static length => length == 16 ? 18 : 24,
            Kernel = KernelRung.Cipher("cbc(camellia)"),
            Libcrypto = new(LibcryptoKind.Cipher, "CAMELLIA-{bits}-CBC"),
            Aliases = [new("camellia-128-cbc", 16), new("camellia-192-cbc", 24), new("camellia-256-cbc", 32)],
        };

    internal static CryptoAlgorithm SkipjackCbc { get; } =
        new()
        {
            Name = "skipjack-cbc",
            BsdName = "CRYPTO_SKIPJACK_CBC",
            Kind = AlgorithmKind.Cipher,
            BlockSize = 8,
            ChainBlockSize = 8,
            KeySizes = SizeSet.Exactly(10),
            IvSizes = SizeSet.Exactly(8),
            Chaining = IvChaining.LastCiphertextBlock,
            RoundsForKey = static _ => 32,
            Kernel = KernelRung.Missing("Linux has no Skipjack; a card driven through /dev/crypto may have it"),
            Libcrypto = new(LibcryptoKind.Missing) { Reason = "libcrypto has no Skipjack" },
            Aliases = [new("skipjack")],
        };

    // On af_alg the kernel's transform holds the key stream. A message must not continue another message's stream, so each message starts a
    // fresh one.
    internal static CryptoAlgorithm Arc4 { get; } =
        new()
        {
            Name = "arc4",
            BsdName = "CRYPTO_ARC4",
            Kind = AlgorithmKind.Cipher,
            KeySizes = SizeSet.Range(16, 1, 256),
            Chaining = IvChaining.InTransform,
            Kernel = KernelRung.Cipher("ecb(arc4)"),
            Libcrypto = new(LibcryptoKind.Cipher, "RC4") { Legacy = true },
            Aliases = [new("rc4")],
        };

    // The IV is a 32-bit little-endian block counter, then the 12-byte nonce of RFC 8439 section 2.4. Both rungs take the counter in front.
    internal static CryptoAlgorithm ChaCha20 { get; } =
        new()
        {
            Name = "chacha20",
            BsdName = "CRYPTO_CHACHA20",
            Kind = AlgorithmKind.Cipher,
            ChainBlockSize = 64,
            KeySizes = SizeSet.Exactly(32),
            IvSizes = SizeSet.Exactly(16),
            Chaining = IvChaining.Counter32,
            RoundsForKey = static _ => 20,
            Kernel = KernelRung.Cipher("chacha20"),
            Libcrypto = new(LibcryptoKind.Cipher, "ChaCha20"),
        };

    internal static CryptoAlgorithm Null { get; } =
        new()
        {
            Name = "null",
            BsdName = "CRYPTO_NULL_CBC",
            Kind = AlgorithmKind.Cipher,
            Chaining = IvChaining.None,
            Kernel = KernelRung.Cipher("ecb(cipher_null)"),
            Libcrypto = new(LibcryptoKind.Null),
            Aliases = [new("CRYPTO_NULL"), new("cipher-null")],
        };

    // libcrypto accepts any nonce up to 128 bytes (NIST SP 800-38D 7.1). AF_ALG accepts only 12 bytes.
    internal static CryptoAlgorithm AesGcm { get; } =
        new()
        {
            Name = "aes-gcm",
            BsdName = "CRYPTO_AES_GCM_16",
            Kind = AlgorithmKind.Aead,
            KeySizes = AesKeys,
            IvSizes = SizeSet.Range(12, 1, 128),
            DigestSize = 16,
            TagSizes = SizeSet.Ranges(16, (4, 4, 1), (8, 8, 1), (12, 16, 1)),
            Chaining = IvChaining.WholeMessage,
            RoundsForKey = AesRounds,
            Kernel = KernelRung.Aead("gcm(aes)") with { IvSizes = SizeSet.Exactly(12) },
            Libcrypto = new(LibcryptoKind.Aead, "AES-{bits}-GCM"),
            Aliases =
            [
                .. AesSpellings("gcm", "CRYPTO_AES_NIST_GCM_16"),
                new("id-aes128-gcm", 16),
                new("id-aes192-gcm", 24),
                new("id-aes256-gcm", 32),
            ],
        };

    internal static CryptoAlgorithm AesCcm { get; } =
        new()
        {
            Name = "aes-ccm",
            BsdName = "CRYPTO_AES_CCM_16",
            Kind = AlgorithmKind.Aead,
            KeySizes = AesKeys,
            IvSizes = SizeSet.Range(12, 7, 13),
            DigestSize = 16,
            TagSizes = SizeSet.Range(16, 4, 16, 2),
            LongestMessage = CcmLongestMessage,
            Chaining = IvChaining.WholeMessage,
            RoundsForKey = AesRounds,
            Kernel = KernelRung.Aead("ccm(aes)") with { IvFormat = KernelIvFormat.CcmCounterBlock },
            Libcrypto = new(LibcryptoKind.Aead, "AES-{bits}-CCM") { LengthFirst = true },
            Aliases =
            [
                .. AesSpellings("ccm", "CRYPTO_AES_CCM"),
                new("id-aes128-ccm", 16),
                new("id-aes192-ccm", 24),
                new("id-aes256-ccm", 32),
            ],
        };

    internal static CryptoAlgorithm ChaCha20Poly1305 { get; } =
        new()
        {
            Name = "chacha20-poly1305",
            BsdName = "CRYPTO_CHACHA20_POLY1305",
            Kind = AlgorithmKind.Aead,
            KeySizes = SizeSet.Exactly(32),
            IvSizes = SizeSet.Exactly(12),
            DigestSize = 16,
            TagSizes = SizeSet.Exactly(16),
            Chaining = IvChaining.WholeMessage,
            RoundsForKey = static _ => 20,
            Kernel = KernelRung.Aead("rfc7539(chacha20,poly1305)"),
            Libcrypto = new(LibcryptoKind.Aead, "ChaCha20-Poly1305"),
        };
}
