namespace CryptoDev.Cli.Check;

/// <content>Ciphers and AEAD.</content>
internal static partial class KnownAnswerTable
{
    /// <summary>The four blocks of NIST SP 800-38A Appendix F.</summary>
    private const string FourBlocks =
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";

    private const string Key128 = "2b7e151628aed2a6abf7158809cf4f3c";
    private const string Key192 = "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b";
    private const string Key256 = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
    private const string CountingIv = "000102030405060708090a0b0c0d0e0f";
    private const string ZeroBlock8 = "0000000000000000";
    private const string ZeroBlock16 = "00000000000000000000000000000000";

    private static KnownAnswer[] Ciphers() =>
        [
            new(
                "aes-ecb",
                "SP 800-38A F.1.1",
                Key128,
                "",
                FourBlocks,
                "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf43b1cd7f598ece23881b00e3ed030688"
                    + "7b0c785e27e8ad3f8223207104725dd4"
            ),
            new(
                "aes-ecb",
                "SP 800-38A F.1.3",
                Key192,
                "",
                FourBlocks,
                "bd334f1d6e45f25ff712a214571fa5cc974104846d0ad3ad7734ecb3ecee4eefef7afd2270e2e60adce0ba2face6444e"
                    + "9a4b41ba738d6c72fb16691603c18e0e"
            ),
            new(
                "aes-ecb",
                "SP 800-38A F.1.5",
                Key256,
                "",
                FourBlocks,
                "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870b6ed21b99ca6f4f9f153e7b1beafed1d"
                    + "23304b7a39f9f3ff067d8d8f9e24ecc7"
            ),
            new(
                "aes-cbc",
                "SP 800-38A F.2.1",
                Key128,
                CountingIv,
                FourBlocks,
                "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b273bed6b8e3c1743b7116e69e22229516"
                    + "3ff1caa1681fac09120eca307586e1a7"
            ),
            new(
                "aes-cbc",
                "SP 800-38A F.2.3",
                Key192,
                CountingIv,
                FourBlocks,
                "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a571b242012fb7ae07fa9baac3df102e0"
                    + "08b0e27988598881d920a9e64f5615cd"
            ),
            new(
                "aes-cbc",
                "SP 800-38A F.2.5",
                Key256,
                CountingIv,
                FourBlocks,
                "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d39f23369a9d9bacfa530e26304231461"
                    + "b2eb05e2c39be9fcda6c19078c6a9d1b"
            ),
            new(
                "aes-ctr",
                "SP 800-38A F.5.1",
                Key128,
                "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
                FourBlocks,
                "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff5ae4df3edbd5d35e5b4f09020db03eab"
                    + "1e031dda2fbe03d1792170a0f3009cee"
            ),
            new(
                "aes-ctr",
                "SP 800-38A F.5.5",
                Key256,
                "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
                FourBlocks,
                "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c52b0930daa23de94ce87017ba2d84988d"
                    + "dfc9c58db67aada613c2dd08457941a6"
            ),
            new(
                "aes-xts",
                "IEEE 1619-2007 Annex B, vector 2",
                "1111111111111111111111111111111122222222222222222222222222222222",
                "33333333330000000000000000000000",
                "4444444444444444444444444444444444444444444444444444444444444444",
                "c454185e6a16936e39334038acef838bfb186fff7480adc4289382ecd6d394f0"
            ),
            new(
                "aes-xts",
                "IEEE 1619-2007 Annex B, vector 15",
                "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0bfbebdbcbbbab9b8b7b6b5b4b3b2b1b0",
                "9a785634120000000000000000000000",
                "000102030405060708090a0b0c0d0e0f10",
                "6c1625db4671522d3d7599601de7ca09ed"
            ),
            new(
                "aes-cfb",
                "SP 800-38A F.3.13",
                Key128,
                CountingIv,
                FourBlocks,
                "3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b26751f67a3cbb140b1808cf187a4f4df"
                    + "c04b05357c5d1c0eeac4c66f9ff7f2e6"
            ),
            new(
                "aes-cfb",
                "SP 800-38A F.3.17",
                Key256,
                CountingIv,
                FourBlocks,
                "dc7e84bfda79164b7ecd8486985d386039ffed143b28b1c832113c6331e5407bdf10132415e54b92a13ed0a8267ae2f9"
                    + "75a385741ab9cef82031623d55b1e471"
            ),
            new(
                "aes-ofb",
                "SP 800-38A F.4.1",
                Key128,
                CountingIv,
                FourBlocks,
                "3b3fd92eb72dad20333449f8e83cfb4a7789508d16918f03f53c52dac54ed8259740051e9c5fecf64344f7a82260edcc"
                    + "304c6528f659c77866a510d9c1d6ae5e"
            ),
            new(
                "aes-ofb",
                "SP 800-38A F.4.5",
                Key256,
                CountingIv,
                FourBlocks,
                "dc7e84bfda79164b7ecd8486985d38604febdc6740d20b3ac88f6ad82a4fb08d71ab47a086e86eedf39d1c5bba97c408"
                    + "0126141d67f37be8538f5a8be740e484"
            ),
            new(
                "des-cbc",
                "FIPS 81 Appendix C, table C2",
                "0123456789abcdef",
                "1234567890abcdef",
                "\"Now is the time for all ",
                "e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6"
            ),
            new(
                "3des-cbc",
                "SP 800-67 Appendix B.1, block 1, as CBC with zero IV",
                "0123456789abcdef23456789abcdef01456789abcdef0123",
                ZeroBlock8,
                "\"The qufc",
                "a826fd8ce53b855f"
            ),
            new(
                "3des-cbc",
                "SP 800-67 Appendix B.1, block 2, as CBC with zero IV",
                "0123456789abcdef23456789abcdef01456789abcdef0123",
                ZeroBlock8,
                "\"k brown ",
                "cce21c8112256fe6"
            ),
            new(
                "3des-cbc",
                "SP 800-67 Appendix B.1, block 3, as CBC with zero IV",
                "0123456789abcdef23456789abcdef01456789abcdef0123",
                ZeroBlock8,
                "\"fox jump",
                "68d5c05dd9b6b900"
            ),
            new(
                "blowfish-cbc",
                "Schneier's Blowfish page, vectors.txt by E. Young, chaining modes",
                "0123456789abcdeff0e1d2c3b4a59687",
                "fedcba9876543210",
                "37363534333231204e6f77206973207468652074696d6520666f722000000000",
                "6b77b4d63006dee605b156e27403979358deb9e7154616d959f1652bd5ff92cc"
            ),
            new(
                "cast5-cbc",
                "RFC 2144 B.1, 128-bit key, as CBC with zero IV",
                "0123456712345678234567893456789a",
                ZeroBlock8,
                "0123456789abcdef",
                "238b4fe5847e44b2"
            ),
            new(
                "cast5-cbc",
                "RFC 2144 B.1, 80-bit key, as CBC with zero IV",
                "01234567123456782345",
                ZeroBlock8,
                "0123456789abcdef",
                "eb6a711a2c02271b"
            ),
            new(
                "cast5-cbc",
                "RFC 2144 B.1, 40-bit key, as CBC with zero IV",
                "0123456712",
                ZeroBlock8,
                "0123456789abcdef",
                "7ac816d16e9b302e"
            ),
            new(
                "camellia-cbc",
                "RFC 3713 Appendix A, 128-bit key, as CBC with zero IV",
                "0123456789abcdeffedcba9876543210",
                ZeroBlock16,
                "0123456789abcdeffedcba9876543210",
                "67673138549669730857065648eabe43"
            ),
            new(
                "camellia-cbc",
                "RFC 3713 Appendix A, 192-bit key, as CBC with zero IV",
                "0123456789abcdeffedcba98765432100011223344556677",
                ZeroBlock16,
                "0123456789abcdeffedcba9876543210",
                "b4993401b3e996f84ee5cee7d79b09b9"
            ),
            new(
                "camellia-cbc",
                "RFC 3713 Appendix A, 256-bit key, as CBC with zero IV",
                "0123456789abcdeffedcba987654321000112233445566778899aabbccddeeff",
                ZeroBlock16,
                "0123456789abcdeffedcba9876543210",
                "9acc237dff16d76c20ef7c919e3a7509"
            ),
            new(
                "skipjack-cbc",
                "NIST SKIPJACK and KEA specification 2.0, annex, as CBC with zero IV",
                "00998877665544332211",
                ZeroBlock8,
                "33221100ddccbbaa",
                "2587cae27a12d300"
            ),
            new(
                "arc4",
                "RFC 6229 section 2, 40-bit key, offset 0",
                "0102030405",
                "",
                "0000000000000000000000000000000000000000000000000000000000000000",
                "b2396305f03dc027ccc3524a0a1118a86982944f18fc82d589c403a47a0d0919"
            ),
            new(
                "arc4",
                "RFC 6229 section 2, 128-bit key, offset 0",
                "0102030405060708090a0b0c0d0e0f10",
                "",
                "0000000000000000000000000000000000000000000000000000000000000000",
                "9ac7cc9a609d1ef7b2932899cde41b975248c4959014126a6e8a84f11d1a9e1c"
            ),
            new(
                "chacha20",
                "RFC 8439 2.4.2",
                "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
                "01000000000000000000004a00000000",
                Sunscreen,
                "6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0bf91b65c5524733ab8f593dabcd62b357"
                    + "1639d624e65152ab8f530c359f0861d807ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab7793736"
                    + "5af90bbf74a35be6b40b8eedf2785e42874d"
            ),
            new("null", "opencrypto(9): the identity", "", "", FourBlocks, FourBlocks),
            .. Authenticated(),
        ];

    private const string Sunscreen =
        "\"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";

    private const string GcmMessage =
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";

    private static KnownAnswer[] Authenticated() =>
        [
            new(
                "aes-gcm",
                "McGrew and Viega, The Galois/Counter Mode of Operation, test case 4",
                "feffe9928665731c6d6a8f9467308308",
                "cafebabefacedbaddecaf888",
                GcmMessage,
                "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
                "feedfacedeadbeeffeedfacedeadbeefabaddad2",
                "5bc94fbc3221a5db94fae95ae7121a47"
            ),
            new(
                "aes-gcm",
                "McGrew and Viega, The Galois/Counter Mode of Operation, test case 10",
                "feffe9928665731c6d6a8f9467308308feffe9928665731c",
                "cafebabefacedbaddecaf888",
                GcmMessage,
                "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c7d773d00c144c525ac619d18c84a3f4718e2448b2fe324d9ccda2710",
                "feedfacedeadbeeffeedfacedeadbeefabaddad2",
                "2519498e80f1478f37ba55bd6d27618c"
            ),
            new(
                "aes-gcm",
                "McGrew and Viega, The Galois/Counter Mode of Operation, test case 16",
                "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
                "cafebabefacedbaddecaf888",
                GcmMessage,
                "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
                "feedfacedeadbeeffeedfacedeadbeefabaddad2",
                "76fc6ece0f4e1768cddf8853bb2d551b"
            ),
            new(
                "aes-ccm",
                "RFC 3610 section 8, packet vector 1",
                "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf",
                "00000003020100a0a1a2a3a4a5",
                "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e",
                "588c979a61c663d2f066d0c2c0f989806d5f6b61dac384",
                "0001020304050607",
                "17e8d12cfdf926e0"
            ),
            new(
                "aes-ccm",
                "SP 800-38C Appendix C, example 1",
                "404142434445464748494a4b4c4d4e4f",
                "10111213141516",
                "20212223",
                "7162015b",
                "0001020304050607",
                "4dac255d"
            ),
            new(
                "chacha20-poly1305",
                "RFC 8439 2.8.2",
                "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
                "070000004041424344454647",
                Sunscreen,
                "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b"
                    + "1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
                    + "3ff4def08e4b7a9de576d26586cec64b6116",
                "50515253c0c1c2c3c4c5c6c7",
                "1ae10b594f09e26a7e902ecbd0600691"
            ),
        ];
}
