using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Dialects;

/// <summary>CIOCCRYPT and its kind: errno for each mistake, and what each dialect means by IVs, orders and tags.</summary>
public sealed class OperationPlanTests
{
    private const int Source = 0x1000;
    private const int Destination = 0x2000;
    private const int Iv = 0x3000;
    private const int Mac = 0x4000;

    private static CryptCall Call(
        CryptAction action,
        uint length,
        bool iv = true,
        bool mac = false,
        CryptCallFlags flags = CryptCallFlags.None
    ) =>
        new()
        {
            Action = action,
            Length = length,
            Source = Source,
            Destination = Destination,
            Iv = iv ? Iv : 0,
            Tag = mac ? Mac : 0,
            Flags = flags,
        };

    [Fact]
    public void Operations_and_flags_are_mapped_and_never_cast()
    {
        CryptodevLinuxTable.Words.Action(0).Should().Be(CryptAction.Encrypt);
        CryptodevLinuxTable.Words.Action(1).Should().Be(CryptAction.Decrypt);
        CryptodevLinuxTable.Words.Action(2).Should().Be(CryptAction.Unknown);
        foreach (CallWordTable bsd in new[] { NetBsdTable.Words, FreeBsdTable.Words, OpenBsdTable.Words })
        {
            bsd.Action(0).Should().Be(CryptAction.Unspecified);
            bsd.Action(1).Should().Be(CryptAction.Encrypt);
            bsd.Action(2).Should().Be(CryptAction.Decrypt);
            bsd.Action(5).Should().Be(CryptAction.Unknown);
            bsd.Number(CryptAction.Encrypt).Should().Be(1);
        }

        NetBsdTable.Words.Number(CryptAction.Expand).Should().Be(4);
        FreeBsdTable.Words.Action(3).Should().Be(CryptAction.Unknown);
        FluentActions.Invoking(() => FreeBsdTable.Words.Number(CryptAction.Compress)).Should().Throw<ArgumentOutOfRangeException>();

        CryptodevLinuxTable
            .Words.Flags(0x7F)
            .Should()
            .Be(
                CryptCallFlags.Update
                    | CryptCallFlags.Final
                    | CryptCallFlags.WriteIv
                    | CryptCallFlags.NoZeroCopy
                    | CryptCallFlags.Tls
                    | CryptCallFlags.Srtp
                    | CryptCallFlags.Reset
            );
        CryptodevLinuxTable.Words.Flags(0x80).Should().Be(CryptCallFlags.Undefined);
        NetBsdTable.Words.Flags(0x18).Should().Be(CryptCallFlags.Batch | CryptCallFlags.More);
        FreeBsdTable.Words.Flags(0x09).Should().Be(CryptCallFlags.Batch | CryptCallFlags.CipherFirst);
        OpenBsdTable.Words.Flags(0x08).Should().Be(CryptCallFlags.Undefined);
        FreeBsdTable.Words.Bits(CryptCallFlags.CipherFirst | CryptCallFlags.Update).Should().Be(FreeBsd.COP_F_CIPHER_FIRST);
    }

    [Fact]
    public void The_largest_operation_is_the_dialects()
    {
        using DialectSession open = Open(OpenBsdCodec.Year2014, new() { Cipher = 11, KeyLength = 16 });
        using DialectSession net = Open(NetBsdCodec.Release10, new() { Cipher = 11, KeyLength = 16 });
        using DialectSession free = Open(FreeBsdCodec.Release14, new() { Mac = 14 });
        using DialectSession linux = Open(CryptodevLinuxCodec.Instance, new() { Cipher = 11, KeyLength = 16 });

        Error(OpenBsdCodec.Year2014, Call(CryptAction.Encrypt, 65520), open).Should().Be(0);
        Error(OpenBsdCodec.Year2014, Call(CryptAction.Encrypt, 65536), open).Should().Be(LibC.E2BIG);
        Error(OpenBsdCodec.Year2002, Call(CryptAction.Encrypt, 65536), open).Should().Be(0);
        Error(NetBsdCodec.Release10, Call(CryptAction.Encrypt, 262128), net).Should().Be(0);
        Error(NetBsdCodec.Release10, Call(CryptAction.Encrypt, 262144), net).Should().Be(LibC.E2BIG);
        NetBsdCodec.Release10.PlanElement(Call(CryptAction.Encrypt, 262144), net, out _).Should().Be(LibC.EINVAL);
        Error(FreeBsdCodec.Release14, Call(CryptAction.Encrypt, 262140, iv: false, mac: true), free).Should().Be(0);
        Error(FreeBsdCodec.Release14, Call(CryptAction.Encrypt, 262141, iv: false, mac: true), free).Should().Be(LibC.E2BIG);
        Error(CryptodevLinuxCodec.Instance, Call(CryptAction.Encrypt, 1 << 30), linux).Should().Be(0);
        Error(CryptodevLinuxCodec.Instance, Call(CryptAction.Encrypt, 0xFFFF_FFF0), linux).Should().Be(LibC.EINVAL);
    }

    [Fact]
    public void Mistakes_are_EINVAL_everywhere_they_are_mistakes()
    {
        foreach (
            DialectCodec codec in new DialectCodec[]
            {
                OpenBsdCodec.Year2014,
                NetBsdCodec.Release10,
                FreeBsdCodec.Release12,
                FreeBsdCodec.Release14,
                CryptodevLinuxCodec.Instance,
            }
        )
        {
            using DialectSession cipher = Open(codec, new() { Cipher = 11, KeyLength = 16 });
            Error(codec, Call(CryptAction.Encrypt, 32), cipher).Should().Be(0);
            Error(codec, Call(CryptAction.Encrypt, 31), cipher).Should().Be(LibC.EINVAL, "{0}: not whole blocks", codec.Form);
            if (codec is not CryptodevLinuxCodec)
            {
                Error(codec, Call(CryptAction.Encrypt, 0), cipher).Should().Be(LibC.EINVAL, "{0}: nothing to encrypt", codec.Form);
                Error(codec, Call(CryptAction.Encrypt, 32, mac: true), cipher)
                    .Should()
                    .Be(LibC.EINVAL, "{0}: a MAC without a hash", codec.Form);
            }

            if (codec is NetBsdCodec or FreeBsdCodec)
            {
                using DialectSession hash = Open(codec, new() { Mac = NetBsd.CRYPTO_SHA1 });
                Error(codec, Call(CryptAction.Encrypt, 5, iv: true, mac: true), hash)
                    .Should()
                    .Be(LibC.EINVAL, "{0}: an IV without a cipher", codec.Form);
                Error(codec, Call(CryptAction.Encrypt, 5, iv: false, mac: true), hash).Should().Be(0);
            }
        }

        using DialectSession arc4 = Open(FreeBsdCodec.Release12, new() { Cipher = FreeBsd.CRYPTO_ARC4, KeyLength = 16 });
        Error(FreeBsdCodec.Release12, Call(CryptAction.Encrypt, 5), arc4).Should().Be(LibC.EINVAL, "ARC4 with an IV");
        Error(FreeBsdCodec.Release12, Call(CryptAction.Encrypt, 5, iv: false), arc4).Should().Be(0);
    }

    /// <summary>
    /// The kernels copy the source in, and look at IV and MAC pointers after that. FreeBSD looks at the MAC before since 13.
    /// </summary>
    [Fact]
    public void Pointers_are_judged_when_the_source_is_there()
    {
        foreach (
            (DialectCodec codec, bool macIsLate) in new (DialectCodec, bool)[]
            {
                (OpenBsdCodec.Year2002, true),
                (NetBsdCodec.Release10, true),
                (FreeBsdCodec.Release12, true),
                (FreeBsdCodec.Release13, false),
                (FreeBsdCodec.Release14, false),
            }
        )
        {
            using DialectSession cipher = Open(codec, new() { Cipher = 11, KeyLength = 16 });
            codec
                .Plan(Call(CryptAction.Encrypt, 32, mac: true), cipher, out CryptPlan plan)
                .Should()
                .Be(macIsLate ? 0 : LibC.EINVAL, "{0}: a MAC without a hash", codec.Form);
            plan.LateError.Should().Be(macIsLate ? LibC.EINVAL : 0, codec.Form);
            using DialectSession hash = Open(codec, new() { Mac = NetBsd.CRYPTO_SHA1 });
            codec.Plan(Call(CryptAction.Encrypt, 5, mac: true), hash, out plan).Should().Be(0, "{0}: an IV without a cipher", codec.Form);
            plan.LateError.Should().Be(LibC.EINVAL, codec.Form);
        }

        using DialectSession eta = Open(
            FreeBsdCodec.Release14,
            new()
            {
                Cipher = 11,
                KeyLength = 16,
                Mac = FreeBsd.CRYPTO_SHA1_HMAC,
                MacKeyLength = 20,
            }
        );
        FreeBsdCodec.Release14.Plan(Call(CryptAction.Unknown, 32, mac: true), eta, out CryptPlan odd).Should().Be(0);
        odd.LateError.Should().Be(LibC.EINVAL, "an operation that is none");
    }

    [Fact]
    public void An_operation_that_is_none_decrypts_or_is_refused()
    {
        foreach (
            (DialectCodec codec, bool decrypts) in new (DialectCodec, bool)[]
            {
                (OpenBsdCodec.Year2014, true),
                (NetBsdCodec.Release10, true),
                (FreeBsdCodec.Release12, true),
                (FreeBsdCodec.Release14, false),
                (CryptodevLinuxCodec.Instance, false),
            }
        )
        {
            using DialectSession session = Open(codec, new() { Cipher = 11, KeyLength = 16 });
            foreach (CryptAction action in new[] { CryptAction.Unspecified, CryptAction.Unknown })
            {
                Error(codec, Call(action, 32), session).Should().Be(decrypts ? 0 : LibC.EINVAL, "{0}", codec.Form);
                codec.Plan(Call(action, 32), session, out CryptPlan plan);
                (decrypts && plan.Direction == CryptDirection.Encrypt).Should().BeFalse("{0}", codec.Form);
            }
        }

        using DialectSession hash = Open(FreeBsdCodec.Release14, new() { Mac = FreeBsd.CRYPTO_SHA1 });
        Error(FreeBsdCodec.Release14, Call(CryptAction.Unspecified, 5, iv: false, mac: true), hash)
            .Should()
            .Be(0, "a digest has no direction");
        Error(FreeBsdCodec.Release14, Call(CryptAction.Unknown, 5, iv: false, mac: true), hash).Should().Be(LibC.EINVAL);
    }

    [Fact]
    public void Without_an_IV_pointer_each_dialect_means_something_else()
    {
        CryptCall encrypt = Call(CryptAction.Encrypt, 48, iv: false);
        CryptCall decrypt = Call(CryptAction.Decrypt, 48, iv: false);

        Plan(OpenBsdCodec.Year2014, encrypt)
            .Should()
            .Match<CryptPlan>(plan =>
                plan.IvPlace == IvPlace.SourcePrefix
                && plan.PrefixLength == 16
                && plan.DestinationOffset == 0
                && plan.DestinationLength == 48
            );
        Plan(FreeBsdCodec.Release12, decrypt)
            .Should()
            .Match<CryptPlan>(plan => plan.IvPlace == IvPlace.SourcePrefix && plan.DestinationOffset == 0 && plan.DestinationLength == 48);
        Plan(FreeBsdCodec.Release14, decrypt)
            .Should()
            .Match<CryptPlan>(plan => plan.IvPlace == IvPlace.SourcePrefix && plan.DestinationOffset == 16 && plan.DestinationLength == 32);
        Plan(NetBsdCodec.Release10, encrypt)
            .Should()
            .Match<CryptPlan>(plan => plan.IvPlace == IvPlace.RandomPrefix && plan.PrefixLength == 16);
        Plan(NetBsdCodec.Release10, decrypt)
            .Should()
            .Match<CryptPlan>(plan => plan.IvPlace == IvPlace.SourcePrefix && plan.PrefixLength == 16);
        Plan(CryptodevLinuxCodec.Instance, encrypt)
            .Should()
            .Match<CryptPlan>(plan => plan.IvPlace == IvPlace.Session && plan.PrefixLength == 0 && !plan.WriteIv);
        Plan(CryptodevLinuxCodec.Instance, Call(CryptAction.Encrypt, 48, flags: CryptCallFlags.WriteIv)).WriteIv.Should().BeTrue();
        Plan(CryptodevLinuxCodec.Instance, encrypt with { Flags = CryptCallFlags.WriteIv })
            .WriteIv.Should()
            .BeFalse("there is nowhere to write it");

        using DialectSession free = Open(FreeBsdCodec.Release14, new() { Cipher = 11, KeyLength = 16 });
        Error(FreeBsdCodec.Release14, Call(CryptAction.Encrypt, 16, iv: false), free).Should().Be(LibC.EINVAL, "nothing but an IV");
        using DialectSession net = Open(NetBsdCodec.Release10, new() { Cipher = 11, KeyLength = 16 });
        Error(NetBsdCodec.Release10, Call(CryptAction.Encrypt, 16, iv: false), net).Should().Be(LibC.EINVAL, "nothing but an IV");
        using DialectSession gcm = Open(FreeBsdCodec.Release14, new() { Cipher = FreeBsd.CRYPTO_AES_NIST_GCM_16, KeyLength = 16 });
        Error(FreeBsdCodec.Release14, Call(CryptAction.Encrypt, 32, iv: false, mac: true), gcm)
            .Should()
            .Be(LibC.EINVAL, "an AEAD's nonce is explicit");
    }

    [Fact]
    public void The_MAC_covers_what_the_kernel_has_it_cover()
    {
        CryptPlan Of(DialectCodec codec, CryptAction action, CryptCallFlags flags = CryptCallFlags.None)
        {
            uint sha1 = codec is NetBsdCodec ? NetBsd.CRYPTO_SHA1_HMAC : FreeBsd.CRYPTO_SHA1_HMAC;
            using DialectSession session = Open(
                codec,
                new()
                {
                    Cipher = 11,
                    KeyLength = 16,
                    Mac = sha1,
                    MacKeyLength = 20,
                }
            );
            codec.Plan(Call(action, 32, mac: true, flags: flags), session, out CryptPlan plan).Should().Be(0);
            return plan;
        }

        foreach (DialectCodec macFirst in new DialectCodec[] { OpenBsdCodec.Year2002, NetBsdCodec.Release10, FreeBsdCodec.Release12 })
        {
            Of(macFirst, CryptAction.Encrypt)
                .Should()
                .Match<CryptPlan>(plan => plan.MacOrder == MacOrder.MacPlaintext && plan.TagAction == TagAction.Compute);
            Of(macFirst, CryptAction.Decrypt)
                .Should()
                .Match<CryptPlan>(plan => plan.MacOrder == MacOrder.MacCiphertext && plan.TagAction == TagAction.Compute);
        }

        Of(FreeBsdCodec.Release12, CryptAction.Encrypt, CryptCallFlags.CipherFirst).MacOrder.Should().Be(MacOrder.MacCiphertext);
        Of(FreeBsdCodec.Release12, CryptAction.Decrypt, CryptCallFlags.CipherFirst).MacOrder.Should().Be(MacOrder.MacPlaintext);
        Of(FreeBsdCodec.Release14, CryptAction.Encrypt)
            .Should()
            .Match<CryptPlan>(plan => plan.MacOrder == MacOrder.MacCiphertext && plan.TagAction == TagAction.Compute);
        Of(FreeBsdCodec.Release14, CryptAction.Decrypt)
            .Should()
            .Match<CryptPlan>(plan => plan.MacOrder == MacOrder.MacCiphertext && plan.TagAction == TagAction.Verify);
        Of(CryptodevLinuxCodec.Instance, CryptAction.Decrypt)
            .Should()
            .Match<CryptPlan>(plan => plan.MacOrder == MacOrder.MacPlaintext && plan.TagAction == TagAction.Compute);

        // Asked for upwards: the flag that gives an order in a direction.
        foreach (MacOrder order in Enum.GetValues<MacOrder>())
        {
            Of(FreeBsdCodec.Release12, CryptAction.Encrypt, FreeBsdCodec.Release12.FlagsFor(order, CryptDirection.Encrypt))
                .MacOrder.Should()
                .Be(order);
            Of(FreeBsdCodec.Release12, CryptAction.Decrypt, FreeBsdCodec.Release12.FlagsFor(order, CryptDirection.Decrypt))
                .MacOrder.Should()
                .Be(order);
        }

        using DialectSession eta = Open(
            FreeBsdCodec.Release14,
            new()
            {
                Cipher = 11,
                KeyLength = 16,
                Mac = FreeBsd.CRYPTO_SHA1_HMAC,
                MacKeyLength = 20,
            }
        );
        Error(FreeBsdCodec.Release14, Call(CryptAction.Decrypt, 32), eta).Should().Be(LibC.EFAULT, "nothing to compare with");
        Error(FreeBsdCodec.Release14, Call(CryptAction.Decrypt, 32, mac: true, flags: CryptCallFlags.CipherFirst), eta)
            .Should()
            .Be(LibC.EINVAL);
    }

    [Theory]
    [InlineData(CryptCallFlags.None, 5u, true, true)]
    [InlineData(CryptCallFlags.Update, 5u, false, false)]
    [InlineData(CryptCallFlags.Update, 0u, false, true)]
    [InlineData(CryptCallFlags.Update | CryptCallFlags.Reset, 5u, true, false)]
    [InlineData(CryptCallFlags.Final, 5u, false, true)]
    [InlineData(CryptCallFlags.NoZeroCopy, 5u, false, true)]
    [InlineData(CryptCallFlags.WriteIv, 5u, false, true)]
    [InlineData(CryptCallFlags.NoZeroCopy | CryptCallFlags.Reset, 5u, true, true)]
    internal void Linux_hashes_start_and_end_by_the_flags(CryptCallFlags flags, uint length, bool reset, bool final)
    {
        using DialectSession session = Open(CryptodevLinuxCodec.Instance, new() { Mac = CryptodevLinux.CRYPTO_SHA2_256 });

        CryptodevLinuxCodec
            .Instance.Plan(Call(CryptAction.Encrypt, length, iv: false, mac: true, flags: flags), session, out CryptPlan plan)
            .Should()
            .Be(0);

        (plan.HashReset, plan.HashFinal).Should().Be((reset, final));
        Error(CryptodevLinuxCodec.Instance, Call(CryptAction.Encrypt, length, iv: false, flags: flags), session)
            .Should()
            .Be(final ? LibC.EFAULT : 0, "a digest needs a place");
    }

    [Fact]
    public void NetBSD_compresses_only_when_told()
    {
        using DialectSession session = Open(NetBsdCodec.Release10, new() { Compression = NetBsd.CRYPTO_GZIP_COMP });
        NetBsdCodec
            .Release10.Plan(Call(CryptAction.Compress, 100, iv: false) with { DestinationLength = 4096 }, session, out CryptPlan plan)
            .Should()
            .Be(0);
        (plan.Direction, plan.DestinationLength).Should().Be((CryptDirection.Encrypt, 4096));
        NetBsdCodec.Release10.Plan(Call(CryptAction.Expand, 100, iv: false), session, out plan).Should().Be(0);
        (plan.Direction, plan.DestinationLength).Should().Be((CryptDirection.Decrypt, 100));
        NetBsdCodec.Release10.Plan(Call(CryptAction.Encrypt, 100, iv: false), session, out plan).Should().Be(0);
        plan.Action.Should().Be(CryptAction.Expand, "the compressor was not told to compress");

        using DialectSession cipher = Open(NetBsdCodec.Release10, new() { Cipher = 11, KeyLength = 16 });
        NetBsdCodec.Release10.Plan(Call(CryptAction.Compress, 32), cipher, out plan).Should().Be(0);
        plan.Action.Should().Be(CryptAction.Decrypt, "the cipher was not told to encrypt");
        session.Parameters().Mode.Should().Be(SessionMode.Compression);
        using DialectSession chain = Open(
            NetBsdCodec.Release10,
            new()
            {
                Compression = NetBsd.CRYPTO_DEFLATE_COMP,
                Cipher = 11,
                KeyLength = 16,
                Mac = NetBsd.CRYPTO_SHA1_HMAC,
                MacKeyLength = 20,
            }
        );
        foreach (
            (CryptAction asked, CryptAction done, CryptDirection cipherDirection) in new[]
            {
                (CryptAction.Compress, CryptAction.Compress, CryptDirection.Decrypt),
                (CryptAction.Encrypt, CryptAction.Expand, CryptDirection.Encrypt),
                (CryptAction.Decrypt, CryptAction.Expand, CryptDirection.Decrypt),
            }
        )
        {
            NetBsdCodec.Release10.Plan(Call(asked, 32), chain, out plan).Should().Be(0);
            (plan.Action, plan.CipherDirection).Should().Be((done, cipherDirection));
        }

        chain
            .Parameters()
            .Transforms.Select(transform => transform.Algorithm)
            .Should()
            .Equal(CryptoAlgorithm.Deflate, CryptoAlgorithm.HmacSha1, CryptoAlgorithm.AesCbc);
    }

    [Fact]
    public void FreeBSD_authenticated_calls_check_what_their_release_checks()
    {
        CryptCall call = Call(CryptAction.Decrypt, 32, mac: true) with
        {
            IvLength = 12,
            AssociatedData = 0x5000,
            AssociatedDataLength = 20,
        };
        using DialectSession gcm12 = Open(
            FreeBsdCodec.Release12,
            new()
            {
                Cipher = FreeBsd.CRYPTO_AES_NIST_GCM_16,
                KeyLength = 16,
                Mac = FreeBsd.CRYPTO_AES_128_NIST_GMAC,
                MacKeyLength = 16,
            }
        );
        using DialectSession gcm14 = Open(FreeBsdCodec.Release14, new() { Cipher = FreeBsd.CRYPTO_AES_NIST_GCM_16, KeyLength = 16 });

        foreach ((FreeBsdCodec codec, DialectSession session) in new[] { (FreeBsdCodec.Release12, gcm12), (FreeBsdCodec.Release14, gcm14) })
        {
            codec.PlanAuthenticated(call, session, out CryptPlan plan).Should().Be(0);
            plan.Should()
                .Match<CryptPlan>(p =>
                    p.TagAction == TagAction.Verify
                    && p.TagLength == 16
                    && p.AssociatedDataLength == 20
                    && p.IvLength == 12
                    && !p.IsTagAttached
                );
            codec.PlanAuthenticated(call with { Tag = 0 }, session, out _).Should().Be(LibC.EINVAL);
            codec.PlanAuthenticated(call with { AssociatedDataLength = 262141 }, session, out _).Should().Be(LibC.E2BIG);
            int refusal = codec.PlanAuthenticated(call with { IvLength = 8 }, session, out plan);
            (refusal + plan.LateError).Should().Be(LibC.EINVAL, "{0} and a short IV", codec.Form);
        }

        FreeBsdCodec
            .Release12.PlanAuthenticated(call with { Iv = 0 }, gcm12, out CryptPlan prefixed)
            .Should()
            .Be(0, "12 takes the IV from the source");
        prefixed.IvPlace.Should().Be(IvPlace.SourcePrefix);
        FreeBsdCodec.Release14.PlanAuthenticated(call with { Iv = 0 }, gcm14, out _).Should().Be(LibC.EINVAL);
        FreeBsdCodec
            .Release12.PlanAuthenticated(call with { IvLength = 16 }, gcm12, out _)
            .Should()
            .Be(0, "12 takes any length its array holds");
        FreeBsdCodec.Release14.PlanAuthenticated(call with { IvLength = 16 }, gcm14, out _).Should().Be(LibC.EINVAL);
        using DialectSession cbc = Open(FreeBsdCodec.Release14, new() { Cipher = 11, KeyLength = 16 });
        FreeBsdCodec.Release14.PlanAuthenticated(call, cbc, out _).Should().Be(LibC.EINVAL, "no tag in this session");
        SessionCall bare = new()
        {
            Cipher = FreeBsd.CRYPTO_NULL_CBC,
            Mac = FreeBsd.CRYPTO_SHA1_HMAC,
            MacKeyLength = 20,
        };
        foreach (
            (FreeBsdCodec codec, bool takes) in new[]
            {
                (FreeBsdCodec.Release12, true),
                (FreeBsdCodec.Release13, true),
                (FreeBsdCodec.Release14, false),
            }
        )
        {
            using DialectSession ivless = Open(codec, bare);
            codec
                .PlanAuthenticated(call with { Iv = 0, IvLength = 0 }, ivless, out _)
                .Should()
                .Be(takes ? 0 : LibC.EINVAL, "{0} and a cipher without IV", codec.Form);
        }
        NetBsdCodec.Release10.PlanAuthenticated(call, cbc, out _).Should().Be(LibC.EINVAL, "NetBSD has no such call");
    }

    /// <summary>
    /// 13.0 has the modes of 14 and not yet its lengths; CIOCCRYPT does no AEAD there and no empty message, and CIOCCRYPTAEAD takes an IV
    /// in front.
    /// </summary>
    [Fact]
    public void FreeBSD_13_is_14_without_what_came_with_it()
    {
        FreeBsdCodec codec = FreeBsdCodec.Release13;
        using DialectSession gcm = Open(
            codec,
            new()
            {
                Cipher = FreeBsd.CRYPTO_AES_NIST_GCM_16,
                KeyLength = 16,
                IvLength = 99,
                TagLength = 99,
            }
        );
        (gcm.IvSize, gcm.TagSize).Should().Be((12, 16), "the fields are padding");
        Error(codec, Call(CryptAction.Encrypt, 32, mac: true), gcm).Should().Be(LibC.EINVAL);
        Error(FreeBsdCodec.Release14, Call(CryptAction.Encrypt, 32, mac: true), gcm).Should().Be(0);
        CryptCall record = Call(CryptAction.Encrypt, 0, mac: true) with { IvLength = 12 };
        codec.PlanAuthenticated(record, gcm, out _).Should().Be(0, "an empty text has a tag");
        codec.PlanAuthenticated(record with { Length = 48, Iv = 0 }, gcm, out _).Should().Be(LibC.EINVAL, "an AEAD's nonce is explicit");

        using DialectSession eta = Open(
            codec,
            new()
            {
                Cipher = 11,
                KeyLength = 16,
                Mac = FreeBsd.CRYPTO_SHA1_HMAC,
                MacKeyLength = 20,
            }
        );
        Error(codec, Call(CryptAction.Encrypt, 0, mac: true), eta).Should().Be(LibC.EINVAL);
        Error(FreeBsdCodec.Release14, Call(CryptAction.Encrypt, 0, mac: true), eta).Should().Be(0);
        codec.PlanAuthenticated(record with { Length = 48, Iv = 0 }, eta, out CryptPlan plan).Should().Be(0);
        plan.Should().Match<CryptPlan>(p => p.IvPlace == IvPlace.SourcePrefix && p.DestinationOffset == 16 && p.DestinationLength == 32);
        codec.PlanAuthenticated(record with { Iv = 0 }, eta, out _).Should().Be(LibC.EINVAL, "there is no IV in front of nothing");
        FreeBsdCodec.Release14.PlanAuthenticated(record with { Length = 48, Iv = 0 }, eta, out _).Should().Be(LibC.EINVAL);
        using DialectSession cbc = Open(codec, new() { Cipher = 11, KeyLength = 16 });
        Error(codec, Call(CryptAction.Encrypt, 16, iv: false), cbc).Should().Be(0, "nothing but an IV, and nothing comes of it");
    }

    [Fact]
    public void Linux_authenticated_calls_know_three_kinds_of_record()
    {
        CryptodevLinuxCodec linux = CryptodevLinuxCodec.Instance;
        CryptCall call = Call(CryptAction.Encrypt, 32) with { AssociatedData = 0x0F00, AssociatedDataLength = 20 };
        using DialectSession gcm = Open(linux, new() { Cipher = CryptodevLinux.CRYPTO_AES_GCM, KeyLength = 16 });

        linux.PlanAuthenticated(call, gcm, out CryptPlan plan).Should().Be(0);
        plan.Should()
            .Match<CryptPlan>(p =>
                p.DestinationLength == 48
                && p.Tag == Destination + 32
                && p.IsTagAttached
                && p.TagAction == TagAction.Compute
                && p.AuthMode == AuthMode.Plain
            );
        linux.PlanAuthenticated(call with { Action = CryptAction.Decrypt }, gcm, out plan).Should().Be(0);
        plan.Should().Match<CryptPlan>(p => p.DestinationLength == 16 && p.Tag == Destination + 16 && p.TagAction == TagAction.Verify);
        linux
            .PlanAuthenticated(call with { Action = CryptAction.Decrypt, Length = 15 }, gcm, out _)
            .Should()
            .Be(LibC.EINVAL, "shorter than its tag");
        linux.PlanAuthenticated(call with { AssociatedDataLength = 4097 }, gcm, out _).Should().Be(LibC.EINVAL);
        linux.PlanAuthenticated(call with { AssociatedData = 0 }, gcm, out _).Should().Be(LibC.EINVAL);
        linux.PlanAuthenticated(call with { TagLength = 12 }, gcm, out plan).Should().Be(0);
        plan.TagLength.Should().Be(12);
        linux.PlanAuthenticated(call with { TagLength = 16 }, gcm, out _).Should().Be(LibC.EINVAL, "a session's tag only shrinks");
        linux.PlanAuthenticated(call, gcm, out plan).Should().Be(0);
        plan.TagLength.Should().Be(12, "and stays so");
        linux.Plan(call, gcm, out _).Should().Be(LibC.EINVAL, "CIOCCRYPT is not for AEAD sessions");

        using DialectSession cbc = Open(
            linux,
            new()
            {
                Cipher = 11,
                KeyLength = 16,
                Mac = CryptodevLinux.CRYPTO_SHA1_HMAC,
                MacKeyLength = 20,
            }
        );
        linux.PlanAuthenticated(call, cbc, out _).Should().Be(LibC.EINVAL, "plain mode is for AEAD sessions");
        CryptCall tls = call with { Flags = CryptCallFlags.Tls, Destination = Source };
        linux.PlanAuthenticated(tls, cbc, out plan).Should().Be(0);
        plan.Should()
            .Match<CryptPlan>(p =>
                p.DestinationLength == 64 && p.AuthMode == AuthMode.Tls && p.MacOrder == MacOrder.MacPlaintext && p.TagLength == 20
            );
        linux.PlanAuthenticated(tls with { Length = 28 }, cbc, out plan).Should().Be(0);
        plan.DestinationLength.Should().Be(64, "28 + 20 is whole blocks, so a whole block of padding follows");
        linux
            .PlanAuthenticated(tls with { Destination = Destination }, cbc, out _)
            .Should()
            .Be(LibC.EINVAL, "a record is worked on in place");
        linux.PlanAuthenticated(tls, gcm, out _).Should().Be(LibC.EINVAL);

        using DialectSession ctr = Open(
            linux,
            new()
            {
                Cipher = CryptodevLinux.CRYPTO_AES_CTR,
                KeyLength = 16,
                Mac = CryptodevLinux.CRYPTO_SHA1_HMAC,
                MacKeyLength = 20,
            }
        );
        CryptCall srtp = call with
        {
            Flags = CryptCallFlags.Srtp,
            Destination = Source,
            Tag = Mac,
            TagLength = 10,
            AssociatedData = Source - 12,
            AssociatedDataLength = 44,
        };
        linux.PlanAuthenticated(srtp, ctr, out plan).Should().Be(0);
        plan.Should()
            .Match<CryptPlan>(p =>
                p.DestinationLength == 32
                && p.Tag == Mac
                && p.TagLength == 10
                && p.AuthMode == AuthMode.Srtp
                && p.MacOrder == MacOrder.MacCiphertext
            );
        linux
            .PlanAuthenticated(srtp with { AssociatedData = Source - 257, AssociatedDataLength = 400 }, ctr, out _)
            .Should()
            .Be(LibC.EINVAL);
        linux.PlanAuthenticated(srtp with { AssociatedDataLength = 43 }, ctr, out _).Should().Be(LibC.EINVAL);
        linux.PlanAuthenticated(srtp, cbc, out _).Should().Be(LibC.EINVAL, "not a stream cipher");
        linux.PlanAuthenticated(srtp with { Action = CryptAction.Decrypt, Length = 10 }, ctr, out _).Should().Be(0);
        linux
            .PlanAuthenticated(srtp with { Action = CryptAction.Decrypt, Length = 9 }, ctr, out _)
            .Should()
            .Be(LibC.EINVAL, "shorter than its tag");
        linux.PlanAuthenticated(srtp with { Length = 9 }, ctr, out _).Should().Be(0);
        linux
            .PlanAuthenticated(srtp with { Length = 0, AssociatedData = Source, AssociatedDataLength = 0 }, ctr, out _)
            .Should()
            .Be(LibC.EINVAL, "a packet of nothing");
        ctr.TagSize.Should().Be(20);
    }

    [Fact]
    public void FreeBSD_software_is_allowed_or_not()
    {
        FreeBsdCodec
            .Decode(new FreeBsd.session2_op { crid = FreeBsd.CRYPTO_FLAG_SOFTWARE | FreeBsd.CRYPTO_FLAG_HARDWARE })
            .Driver.Should()
            .Be(new DriverChoice(true, true, 0));
        FreeBsdCodec.Decode(new FreeBsd.session2_op { crid = 7 }).Driver.Should().Be(new DriverChoice(false, false, 7));
        FreeBsdCodec.Decode(default(FreeBsd.session_op)).Driver.Should().Be(new DriverChoice(true, false, 0));
        FreeBsdCodec.Encode2(new SessionCall { Driver = new DriverChoice(false, true, 0) }).crid.Should().Be(FreeBsd.CRYPTO_FLAG_SOFTWARE);

        FreeBsdCodec.Allow(new(true, true, 0), allowSoftware: false, out DriverChoice allowed).Should().Be(0);
        allowed.Should().Be(new DriverChoice(true, false, 0), "it degrades without a word");
        FreeBsdCodec.Allow(new(false, true, 0), allowSoftware: false, out _).Should().Be(LibC.EINVAL);
        FreeBsdCodec.Allow(new(false, true, 0), allowSoftware: true, out allowed).Should().Be(0);
        allowed.Software.Should().BeTrue();
        FreeBsdCodec.Release14.NoDriverError.Should().Be(LibC.EOPNOTSUPP);
        FreeBsdCodec.Release12.NoDriverError.Should().Be(LibC.EINVAL);
    }

    internal static DialectSession Open(DialectCodec codec, SessionCall call)
    {
        codec.Resolve(call, out SessionRecipe? recipe).Should().Be(0, "{0}: {1}", codec.Form, call);
        byte[] key = [.. Enumerable.Range(1, recipe!.KeyLength).Select(i => (byte)i)];
        return DialectSession.Create(
            recipe,
            key,
            recipe.RepeatsKey ? key : [.. Enumerable.Range(1, recipe.MacKeyLength).Select(i => (byte)(i * 3))]
        )!;
    }

    private static CryptPlan Plan(DialectCodec codec, CryptCall call)
    {
        using DialectSession session = Open(codec, new() { Cipher = 11, KeyLength = 16 });
        codec.Plan(call, session, out CryptPlan plan).Should().Be(0);
        return plan;
    }

    // The errno that a caller with good memory gets.
    private static int Error(DialectCodec codec, CryptCall call, DialectSession session)
    {
        int error = codec.Plan(call, session, out CryptPlan plan);
        return error != 0 ? error : plan.LateError;
    }
}
