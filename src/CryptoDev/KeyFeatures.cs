namespace CryptoDev;

/// <summary>The operations a machine has: bit n is <see cref="KeyOperation"/> n.</summary>
/// <remarks>BSD original: the <c>CRF_*</c> mask of <c>CIOCASYMFEAT</c>.</remarks>
[Flags]
public enum KeyFeatureMask
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>CRF_MOD_EXP</c></summary>
    ModExp = 1 << KeyOperation.ModExp,

    /// <summary><c>CRF_MOD_EXP_CRT</c></summary>
    ModExpCrt = 1 << KeyOperation.ModExpCrt,

    /// <summary><c>CRF_DSA_SIGN</c></summary>
    DsaSign = 1 << KeyOperation.DsaSign,

    /// <summary><c>CRF_DSA_VERIFY</c></summary>
    DsaVerify = 1 << KeyOperation.DsaVerify,

    /// <summary><c>CRF_DH_COMPUTE_KEY</c></summary>
    DhComputeKey = 1 << KeyOperation.DhComputeKey,

    /// <summary><c>CRF_MOD_ADD</c></summary>
    ModAdd = 1 << KeyOperation.ModAdd,

    /// <summary><c>CRF_MOD_ADDINV</c></summary>
    ModAddInv = 1 << KeyOperation.ModAddInv,

    /// <summary><c>CRF_MOD_SUB</c></summary>
    ModSub = 1 << KeyOperation.ModSub,

    /// <summary><c>CRF_MOD_MULT</c></summary>
    ModMult = 1 << KeyOperation.ModMult,

    /// <summary><c>CRF_MOD_MULTINV</c></summary>
    ModMultInv = 1 << KeyOperation.ModMultInv,

    /// <summary><c>CRF_MOD</c></summary>
    Mod = 1 << KeyOperation.Mod,
}

/// <summary>Whether one rung can serve one key operation on this machine, and if not, why and what would help.</summary>
public sealed class KeyAvailability
{
    internal KeyAvailability(
        string driver,
        KeyOperation operation,
        bool isAvailable,
        DriverKind? kind,
        int maxBits,
        string? reason,
        string? cure
    )
    {
        Driver = driver;
        Operation = operation;
        IsAvailable = isAvailable;
        Kind = kind;
        MaxBits = maxBits;
        Reason = reason;
        Cure = cure;
    }

    /// <summary>The driver asked.</summary>
    public string Driver { get; }

    /// <summary>The operation asked for.</summary>
    public KeyOperation Operation { get; }

    /// <summary>Whether it would run.</summary>
    public bool IsAvailable { get; }

    /// <summary>What would compute, when available.</summary>
    public DriverKind? Kind { get; }

    /// <summary>The longest modulus in bits, when available.</summary>
    public int MaxBits { get; }

    /// <summary>When not available: one sentence.</summary>
    public string? Reason { get; }

    /// <summary>When not available: what to do about it, or null where nothing can be done.</summary>
    public string? Cure { get; }
}

/// <summary>What key operations there are on this machine and who would do each. A snapshot; immutable.</summary>
public sealed record KeyFeatures
{
    /// <summary>The operations that the device's policy finds a driver for.</summary>
    public required KeyFeatureMask Mask { get; init; }

    /// <summary>The driver that the device's policy would take for each of them.</summary>
    public required IReadOnlyDictionary<KeyOperation, string> ServedBy { get; init; }

    /// <summary>Every rung with every operation.</summary>
    public required IReadOnlyList<KeyAvailability> Operations { get; init; }
}
