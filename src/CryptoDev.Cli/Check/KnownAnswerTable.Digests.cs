namespace CryptoDev.Cli.Check;

/// <content>Digests and MACs.</content>
internal static partial class KnownAnswerTable
{
    private static KnownAnswer[] Digests() =>
        [
            Digest("md5", "RFC 1321 A.5", "900150983cd24fb0d6963f7d28e17f72"),
            Digest("sha1", "FIPS 180-4, NIST example SHA-1 (one block)", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            Digest("ripemd160", "Dobbertin, Bosselaers, Preneel, RIPEMD-160, Appendix B", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"),
            Digest("sha224", "FIPS 180-4, NIST example SHA-224 (one block)", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
            Digest(
                "sha256",
                "FIPS 180-4, NIST example SHA-256 (one block)",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            ),
            new(
                "sha256",
                "FIPS 180-4, NIST example SHA-256 (two blocks)",
                "",
                "",
                "\"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            Digest(
                "sha384",
                "FIPS 180-4, NIST example SHA-384 (one block)",
                "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
            ),
            Digest(
                "sha512",
                "FIPS 180-4, NIST example SHA-512 (one block)",
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
                    + "454d4423643ce80e2a9ac94fa54ca49f"
            ),
            Digest("sha3-224", "FIPS 202, NIST CAVP SHA3 vectors", "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf"),
            Digest("sha3-256", "FIPS 202, NIST CAVP SHA3 vectors", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"),
            Digest(
                "sha3-384",
                "FIPS 202, NIST CAVP SHA3 vectors",
                "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d25"
            ),
            Digest(
                "sha3-512",
                "FIPS 202, NIST CAVP SHA3 vectors",
                "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e39340"
                    + "57340b4cf408d5a56592f8274eec53f0"
            ),
            Digest(
                "blake2b",
                "RFC 7693 Appendix A",
                "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc95"
                    + "18d38aa8dbf1925ab92386edd4009923"
            ),
            Digest("blake2s", "RFC 7693 Appendix B", "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982"),
        ];

    private static KnownAnswer[] Macs() =>
        [
            Jefe("hmac-md5", "RFC 2202 section 2, test case 2", "750c783e6ab0b503eaa86e310a5db738"),
            Jefe("hmac-sha1", "RFC 2202 section 3, test case 2", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            Jefe("hmac-ripemd160", "RFC 2286 section 2, test case 2", "dda6c0213a485a9e24f4742064a7f033b43c4069"),
            Jefe("hmac-sha224", "RFC 4231 4.3", "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44"),
            Jefe("hmac-sha256", "RFC 4231 4.3", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            Jefe(
                "hmac-sha384",
                "RFC 4231 4.3",
                "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"
            ),
            Jefe(
                "hmac-sha512",
                "RFC 4231 4.3",
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd"
                    + "caeab1a34d4a6b4b636e070a38bce737"
            ),
            Truncated("hmac-md5-96", "RFC 2202 section 2, test case 5 (digest-96)", 16, "56461ef2342edc00f9bab995"),
            Truncated("hmac-sha1-96", "RFC 2202 section 3, test case 5 (digest-96)", 20, "4c1a03424b55e07fe7f27be1"),
            Truncated("hmac-ripemd160-96", "RFC 2286 section 2, test case 5 (digest-96)", 20, "7619693978f91d90539ae786"),
            new(
                "md5-kpdk",
                "RFC 1828 section 2, computed from the construction over MD5",
                "000102030405060708090a0b0c0d0e0f",
                "",
                "\"abc",
                "38bdbc0a35a810db6dfa6a36fa3b23cf"
            ),
            new(
                "sha1-kpdk",
                "RFC 1852 section 2, computed from the construction over SHA-1",
                "000102030405060708090a0b0c0d0e0f10111213",
                "",
                "\"abc",
                "dfdb7959470c3d914ec6b14f3e3d03ca1cf9d33b"
            ),
            new(
                "aes-xcbc-mac",
                "RFC 3566 4.6, test case 4",
                CountingIv,
                "",
                "000102030405060708090a0b0c0d0e0f10111213",
                "47f51b4564966215b8985c63055ed308"
            ),
            new(
                "aes-xcbc-mac-96",
                "RFC 3566 4.6, test case 4 (AES-XCBC-MAC-96)",
                CountingIv,
                "",
                "000102030405060708090a0b0c0d0e0f10111213",
                "47f51b4564966215b8985c63"
            ),
            new("aes-cmac", "RFC 4493 section 4, example 3", Key128, "", FourBlocks[..80], "dfa66747de9ae63030ca32611497c827"),
            new("aes-cmac", "SP 800-38B D.3, example 11", Key256, "", FourBlocks[..80], "aaf3d8f1de5640c232f5b169b9c911e6"),
            new(
                "aes-128-gmac",
                "NIST CAVP gcmEncryptExtIV128, PTlen 0, AADlen 128, count 0",
                "77be63708971c4e240d1cb79e8d77feb",
                "e0e00f19fed7ba0136a797f3",
                "7a43ec1d9c0a5a78a0b16533a6213cab",
                "209fcc8d3675ed938e9c7166709dd946"
            ),
            new(
                "aes-192-gmac",
                "McGrew and Viega, The Galois/Counter Mode of Operation, test case 7 (empty message)",
                "000000000000000000000000000000000000000000000000",
                "000000000000000000000000",
                "",
                "cd33b28ac773f74ba00ed1f312572435"
            ),
            new(
                "aes-256-gmac",
                "NIST CAVP gcmEncryptExtIV256, PTlen 0, AADlen 128, count 0",
                "78dc4e0aaf52d935c3c01eea57428f00ca1fd475f5da86a49c8dd73d68c8e223",
                "d79cf22d504cc793c3fb6c8a",
                "b96baa8c1c75a671bfb2d08d06be5f36",
                "3e5d486aa2e30b22e040b85723a06e76"
            ),
            new("null-hmac", "opencrypto(9): twelve zero bytes", "", "", "\"abc", "000000000000000000000000"),
        ];

    private static KnownAnswer Digest(string algorithm, string source, string digest) => new(algorithm, source, "", "", "\"abc", digest);

    private static KnownAnswer Jefe(string algorithm, string source, string mac) =>
        new(algorithm, source, "\"Jefe", "", "\"what do ya want for nothing?", mac);

    private static KnownAnswer Truncated(string algorithm, string source, int keyLength, string mac) =>
        new(algorithm, source, string.Concat(Enumerable.Repeat("0c", keyLength)), "", "\"Test With Truncation", mac);
}
