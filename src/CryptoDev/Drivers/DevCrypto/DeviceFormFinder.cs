using CryptoDev.Dialects;
using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>
/// Which dialect a device speaks, found by asking it and never by a version. Every question is one that the other dialects answer with
/// EINVAL: the codes differ in number, size or direction, so no call is ever taken for another.
/// </summary>
internal static class DeviceFormFinder
{
    /// <summary>
    /// A caller for the device, which owns the channel from here on; null and the reason where it cannot be told how it wants to be spoken
    /// to.
    /// </summary>
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

    /// <summary>Null where the device speaks the dialect, or nothing tells; else what it speaks.</summary>
    public static Ioctl.DialectInfo? Speaks(DeviceChannel channel, Ioctl.DialectInfo dialect)
    {
        Ioctl.DialectInfo[] likely = [.. Narrow(channel, DeviceForm.Named(null)).Select(form => form.Dialect).Distinct()];
        return likely.Contains(dialect) ? null : likely[0];
    }

    /// <summary>The dialect first.</summary>
    private static IReadOnlyList<DeviceForm> Narrow(DeviceChannel channel, IReadOnlyList<DeviceForm> candidates)
    {
        uint word = 0;
        if (candidates.Contains(DeviceForm.Linux) && channel.Ioctl(CryptodevLinuxTable.CIOCASYMFEAT.Code(), ref word) >= 0)
        {
            return [DeviceForm.Linux];
        }

        if (candidates.Contains(DeviceForm.NetBsd) && OpensSession(DeviceForm.NetBsd.Create(channel), CryptoAlgorithm.AesCbc))
        {
            return [DeviceForm.NetBsd];
        }

        // CIOCFINDDEV is FreeBSD's alone, and taken by an opened device of every release. Nobody has driver -2, and ENOENT says so.
        Ioctl.FreeBsd.crypt_find_op find = FreeBsdCodec.EncodeFind(-2, string.Empty);
        IReadOnlyList<DeviceForm> freeBsd = [.. candidates.Where(form => form.Dialect == Ioctl.DialectInfo.FreeBsd)];
        if (freeBsd.Count > 0 && channel.Ioctl(FreeBsdTable.CIOCFINDDEV.Code(), ref find) is 0 or -LibC.ENOENT)
        {
            return freeBsd;
        }

        IReadOnlyList<DeviceForm> openBsd = [.. candidates.Where(form => form.Dialect == Ioctl.DialectInfo.OpenBsd)];
        return openBsd.Count > 0 && SpeaksOpenBsd(channel) ? openBsd : candidates;
    }

    // The classic session call, on a context of its own where that is the way. NetBSD with COMPAT_50 takes it too, but was found before.
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
    /// The descriptor that takes the calls: the opened one where it does, else what CRIOGET gives. A served device may have no way to give
    /// one, and then takes the calls itself; so does FreeBSD 13.
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

        // Where no descriptor was free, some kernels succeed and leave the negated error number in the result.
        uint descriptor = uint.MaxValue;
        if (channel.Ioctl(form.ContextRequest, ref descriptor) < 0 || channel.Adopt(unchecked((int)descriptor)) is not { } context)
        {
            return channel;
        }

        channel.Dispose();
        return context;
    }

    /// <summary>The release, by what it alone does; where the device shows nothing of it, the last in order.</summary>
    private static DeviceForm Newest(DeviceChannel channel, IReadOnlyList<DeviceForm> forms) =>
        forms.FirstOrDefault(form => forms.Count > 1 && ShowsItself(form, form.Create(channel))) ?? forms[^1];

    private static bool ShowsItself(DeviceForm form, DeviceCaller caller)
    {
        // A length of the tag where there is none: from here on the field is looked at, and the kernel refuses it before it asks a driver.
        const int NoTag = 16;
        return form == DeviceForm.FreeBsd14
                ? OpensSession(caller, CryptoAlgorithm.AesCbc) && !OpensSession(caller, CryptoAlgorithm.AesCbc, NoTag)
            // An AEAD as a cipher alone.
            : form == DeviceForm.FreeBsd13 ? OpensSession(caller, CryptoAlgorithm.AesGcm)
            // A MAC at all.
            : form == DeviceForm.OpenBsd2002 && OpensSession(caller, CryptoAlgorithm.Md5);
    }

    private static bool OpensSession(DeviceCaller caller, CryptoAlgorithm algorithm, int tagLength = 0)
    {
        using CryptoKey? key = algorithm.KeySizes.Maximum == 0 ? null : new CryptoKey(new byte[algorithm.KeySizes.Minimum]);
        if (DeviceRecipe.TryCreate(caller, Framework.AvailabilityProbe.Sample(algorithm, key), out _) is not { } recipe)
        {
            return false;
        }

        recipe = recipe with { Call = recipe.Call with { TagLength = tagLength } };
        using KernelSessionHandle? session = KernelSessionHandle.Open(caller, recipe, out _);
        return session is not null;
    }
}
