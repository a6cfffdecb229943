using System.Diagnostics.CodeAnalysis;
using CryptoDev.Dialects;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>How a dialect describes a session: the session call without the addresses of its keys, and the table rows it uses.</summary>
internal sealed record DeviceRecipe(SessionParameters Parameters, SessionCall Call, AlgorithmNumber First, AlgorithmNumber? Second)
{
    /// <summary>The transform whose key is the cipher key; null where there is only a MAC.</summary>
    public CryptoTransform? CipherTransform => Call.Cipher != 0 ? Parameters.Transforms[0] : null;

    /// <summary>The transform whose key is the MAC key. On older kernels an AEAD row repeats the cipher's transform.</summary>
    public CryptoTransform? MacTransform => Call.Mac != 0 ? Parameters.Transforms[^1] : null;

    /// <summary>Null and the reason, where the dialect cannot express the parameters.</summary>
    public static DeviceRecipe? TryCreate(DeviceCaller caller, SessionParameters parameters, [NotNullWhen(false)] out string? reason)
    {
        DeviceRecipe? recipe = null;
        if (caller.Codec.TryEncode(parameters, out SessionCall call, out reason))
        {
            AlgorithmNumber[] rows = [.. parameters.Transforms.Select(transform => Row(caller.Codec, transform))];
            recipe = new DeviceRecipe(parameters, call, rows[0], rows.Length > 1 ? rows[1] : null);
            reason = recipe.WhyNot(caller);
        }

        return reason is null ? recipe : null;
    }

    private static AlgorithmNumber Row(DialectCodec codec, CryptoTransform transform)
    {
        codec.Numbers.TryFind(transform.Algorithm, transform.Key?.Length ?? 0, 0, out AlgorithmNumber? row, out _);
        return row!;
    }

    // Sessions that the dialect can express but this driver cannot use well.
    private string? WhyNot(DeviceCaller caller)
    {
        if (First.Algorithm!.Chaining == Framework.IvChaining.InTransform)
        {
            return $"whether a session of {First.Name} goes on where its last operation stopped differs between kernel drivers";
        }

        return First.Role == NumberRole.Aead && caller.TagPlace == TagPlace.Nowhere
            ? "this dialect has no call that takes associated data and a tag"
            : null;
    }
}
