using CryptoDev.Dialects;
using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>
/// Finds the dialect of a device by asking the device, never by a version. The other dialects answer each question with EINVAL: the ioctl
/// codes differ in number, size or direction, so no dialect takes another's call for its own.
/// </summary>
internal static class DeviceFormFinder
{
    /// <summary>A caller for the device, which then owns the channel. Null and the reason where the dialect cannot be found.</summary>
    public static DeviceCaller? Find(DeviceChannel channel, IReadOnlyList<DeviceForm> candidates, out string? reason)
    {
        reason = null;
        IReadOnlyList<DeviceForm> likely = candidates.Count == 1 ? candidates : Narrow(channel, candidates);
        string[] dialects = [.. likely.Select(form => form.Dialect.Name).Distinct()];
        if (dialects.Length > 1)
        {
            reason = $"the device answers nothing that tells {string.Join(", ", dialects)} apart";
            channel.Dispose();
            return null;
        }

        DeviceChannel usable = TakeContext(channel, likely);
        return Newest(usable, likely).Create(usable);
    }

    /// <summary>
    /// Null where the device speaks the given dialect, or where its dialect cannot be found. Otherwise the dialect that it speaks.
    /// </summary>
    public static Ioctl.DialectInfo? Speaks(DeviceChannel channel, Ioctl.DialectInfo dialect)
    {
        Ioctl.DialectInfo[] likely = [.. Narrow(channel, DeviceForm.Named(null)).Select(form => form.Dialect).Distinct()];
        return likely.Contains(dialect) ? null : likely[0];
    }

    /// <summary>Finds the dialect first, before the release.</summary>
    private static IReadOnlyList<DeviceForm> Narrow(DeviceChannel channel, IReadOnlyList<DeviceForm> candidates)
    {
        uint word = 0;
        if (candidates.Contains(DeviceForm.Linux) && channel.Ioctl(CryptodevLinuxTable.CIOCASYMFEAT.Code(), ref word) >= 0)
        {
            return [DeviceForm.Linux];
        }

        IReadOnlyList<DeviceForm> netBsd = [.. candidates.Where(form => form.Dialect == Ioctl.DialectInfo.NetBsd)];
        if (netBsd.Count > 0 && OpensSession(netBsd[0].Create(channel), CryptoAlgorithm.AesCbc))
        {
            return netBsd;
        }

        // Only FreeBSD has CIOCFINDDEV, and the opened device of every release accepts it. No driver has the id -2, so FreeBSD answers
        // ENOENT.
        Ioctl.FreeBsd.crypt_find_op find = FreeBsdCodec.EncodeFind(-2, string.Empty);
        IReadOnlyList<DeviceForm> freeBsd = [.. candidates.Where(form => form.Dialect == Ioctl.DialectInfo.FreeBsd)];
        if (freeBsd.Count > 0 && channel.Ioctl(FreeBsdTable.CIOCFINDDEV.Code(), ref find) is 0 or -LibC.ENOENT)
        {
            return freeBsd;
        }

        IReadOnlyList<DeviceForm> openBsd = [.. candidates.Where(form => form.Dialect == Ioctl.DialectInfo.OpenBsd)];
        return openBsd.Count > 0 && SpeaksOpenBsd(channel) ? openBsd : candidates;
    }

    // Tries the classic session call, on a context of its own where the release needs one. NetBSD with COMPAT_50 accepts it too, but was
    // found before.
    private static bool SpeaksOpenBsd(DeviceChannel channel)
    {
        if (OpensSession(DeviceForm.OpenBsd2014.Create(channel), CryptoAlgorithm.AesCbc))
        {
            return true;
        }

        uint descriptor = uint.MaxValue;
        if (channel.Ioctl(OpenBsdTable.CRIOGET.Code(), ref descriptor) < 0)
        {
            return false;
        }

        using DeviceChannel? context = channel.Adopt(unchecked((int)descriptor));
        return context is not null && OpensSession(DeviceForm.OpenBsd2014.Create(context), CryptoAlgorithm.AesCbc);
    }

    /// <summary>
    /// The descriptor that takes the calls: the opened one where it works, otherwise the one that CRIOGET returns. A served device may not
    /// be able to return one, and then takes the calls itself. FreeBSD 13 does the same.
    /// </summary>
    private static DeviceChannel TakeContext(DeviceChannel channel, IReadOnlyList<DeviceForm> forms)
    {
        if (
            forms.FirstOrDefault(form => form.ContextRequest != 0) is not { } form
            || forms.Any(each => OpensSession(each.Create(channel), CryptoAlgorithm.AesCbc))
        )
        {
            return channel;
        }

        // When no descriptor was free, some kernels succeed and put the negated error number into the result.
        uint descriptor = uint.MaxValue;
        if (channel.Ioctl(form.ContextRequest, ref descriptor) < 0 || channel.Adopt(unchecked((int)descriptor)) is not { } context)
        {
            return channel;
        }

        channel.Dispose();
        return context;
    }

    /// <summary>
    /// Finds the release by a behaviour that only this release has. Where the device shows none, the last form in order is used.
    /// </summary>
    private static DeviceForm Newest(DeviceChannel channel, IReadOnlyList<DeviceForm> forms) =>
        forms.FirstOrDefault(form => forms.Count > 1 && ShowsItself(form, form.Create(channel))) ?? forms[^1];

    private static bool ShowsItself(DeviceForm form, DeviceCaller caller)
    {
        // A tag length for a session without a tag. From this release on the kernel checks the field, and refuses it before it asks a
        // driver.
        const int NoTag = 16;
        return form == DeviceForm.NetBsd10
                // Unlike 7, this release opens HMAC-SHA-384 by an id of its own.
                ? OpensLongMac(caller)
            : form == DeviceForm.FreeBsd14
                ? OpensSession(caller, CryptoAlgorithm.AesCbc) && !OpensSession(caller, CryptoAlgorithm.AesCbc, NoTag)
            // Unlike 12, this release opens an AEAD as a cipher alone.
            : form == DeviceForm.FreeBsd13 ? OpensSession(caller, CryptoAlgorithm.AesGcm)
            // Unlike 2014, this release opens a MAC.
            : form == DeviceForm.OpenBsd2002 && OpensSession(caller, CryptoAlgorithm.Md5);
    }

    private static bool OpensSession(DeviceCaller caller, CryptoAlgorithm algorithm, int tagLength = 0)
    {
        using CryptoKey? key = algorithm.KeySizes.Maximum == 0 ? null : CryptoKey.Copy(new byte[algorithm.KeySizes.Minimum]);
        return OpensSession(caller, Framework.AvailabilityProbe.Sample(algorithm, key), tagLength);
    }

    private static bool OpensLongMac(DeviceCaller caller)
    {
        const int KeyLength = 48;
        using CryptoKey key = new(new byte[KeyLength]);

        // The MAC is half the digest.
        return OpensSession(caller, SessionParameters.KeyedDigest(CryptoAlgorithm.HmacSha384, key, tagLength: KeyLength / 2), 0);
    }

    private static bool OpensSession(DeviceCaller caller, SessionParameters parameters, int tagLength)
    {
        if (DeviceRecipe.TryCreate(caller, parameters, out _) is not { } recipe)
        {
            return false;
        }

        recipe = recipe with { Call = recipe.Call with { TagLength = tagLength } };
        using KernelSessionHandle? session = KernelSessionHandle.Open(caller, recipe, out _);
        return session is not null;
    }
}
