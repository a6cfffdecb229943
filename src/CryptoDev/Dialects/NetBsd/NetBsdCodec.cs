using CryptoDev.Native;

namespace CryptoDev.Dialects;

/// <summary>
/// NetBSD's device (cryptodev.c r1.84). It has compression, the kernel makes random IVs, and tags are computed but never verified.
/// </summary>
internal sealed partial class NetBsdCodec : BsdCodec
{
    private NetBsdCodec(string form, AlgorithmNumberTable numbers)
        : base(form, numbers, KeyNumberTable.WithModular, NetBsdTable.Words, (256 * 1024) - 4) { }

    /// <summary>NetBSD 7 (2015).</summary>
    public static NetBsdCodec Release7 { get; } = new("netbsd 7", NetBsdTable.Numbers7);

    /// <summary>NetBSD since December 2019.</summary>
    public static NetBsdCodec Release10 { get; } = new("netbsd 10", NetBsdTable.Numbers10);

    protected override bool OpensUnusableSessions => true;

    public override int Plan(in CryptCall call, DialectSession session, out CryptPlan plan)
    {
        plan = default;
        if (call.Length > MostBytes)
        {
            return LibC.E2BIG;
        }

        bool ownIv = call.Iv == 0 && session.IvSize != 0;
        int prefix = ownIv ? session.IvSize : 0;
        if (session.Cipher is not null && (call.Length < session.BlockSize + prefix || (call.Length - prefix) % session.BlockSize != 0))
        {
            return LibC.EINVAL;
        }

        // Each descriptor tests for one action and does the opposite for any other. So if the action is to compress, a cipher after the
        // compressor decrypts.
        CryptAction cipherAction = EncryptOrElse(call.Action);
        bool encrypts = cipherAction == CryptAction.Encrypt;
        plan = Begin(call, session) with
        {
            Action =
                session.Compression is null ? cipherAction
                : call.Action == CryptAction.Compress ? CryptAction.Compress
                : CryptAction.Expand,
            LateError = (call.Iv != 0 && session.IvSize == 0) || (call.Tag != 0 && session.TagSize == 0) ? LibC.EINVAL : 0,
            CipherDirection = encrypts ? CryptDirection.Encrypt : CryptDirection.Decrypt,
            MacOrder = encrypts ? MacOrder.MacPlaintext : MacOrder.MacCiphertext,
            DestinationLength = RoomFor(call, session),
            IvPlace =
                session.IvSize == 0 ? IvPlace.None
                : !ownIv ? IvPlace.Pointer
                : encrypts ? IvPlace.RandomPrefix
                : IvPlace.SourcePrefix,
            Iv = call.Iv,
            IvLength = session.IvSize,
            MacCoversPrefix = session.Mac is not null,
            More = call.Has(CryptCallFlags.More),
        };
        return 0;
    }

    /// <summary>
    /// Like <see cref="Plan"/>, for an element of CIOCNCRYPTM. The kernel returns EINVAL there instead of E2BIG. It subtracts the IV's
    /// length from the block's, so it refuses every element without IV pointer if the IV is longer than the block (GCM).
    /// </summary>
    public int PlanElement(in CryptCall call, DialectSession session, out CryptPlan plan)
    {
        int error = Plan(call, session, out plan);
        bool isRefused = call.Iv == 0 && session.Cipher is not null && session.BlockSize < session.IvSize;
        return error == LibC.E2BIG || isRefused ? LibC.EINVAL : error;
    }

    protected override bool AcceptsMate(AlgorithmNumber cipher, in SessionCall call, out bool repeatsKey)
    {
        repeatsKey = true;
        return Numbers.Find(call.Mac, call.MacKeyLength, NumberRole.AeadMate) is not null;
    }

    // The MAC descriptor is first in both directions, so in decryption the MAC would cover the ciphertext.
    protected override bool ServesBothDirections(MacOrder order) => false;

    protected override string? AddAead(ref SessionCall call, AlgorithmNumber row, CryptoTransform transform, int keyLength) =>
        "NetBSD's AEAD keeps four bytes of the nonce in the key and never verifies a tag";

    // dst_len is for compressors. The result of a cipher is as long as its input, and so is the message that a digest leaves.
    private static int RoomFor(in CryptCall call, DialectSession session) =>
        session.Compression is not null && call.DestinationLength != 0 ? (int)Math.Min(call.DestinationLength, int.MaxValue)
        : LeavesNothing(call, session) ? 0
        : (int)call.Length;
}
