namespace CryptoDev;

/// <summary>A set of key operations. Bit n is the operation with the value n in <see cref="KeyOperation"/>.</summary>
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

/// <summary>Whether one rung can run one key operation on this machine. If it cannot: the reason, and what would help. Immutable.</summary>
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

    /// <summary>The driver or rung that was tested, by name.</summary>
    public string Driver { get; }

    /// <summary>The operation that was tested.</summary>
    public KeyOperation Operation { get; }

    /// <summary>Whether the operation would run.</summary>
    public bool IsAvailable { get; }

    /// <summary>What computes: a device, accelerated CPU code or plain code. Null when not available.</summary>
    public DriverKind? Kind { get; }

    /// <summary>The length of the longest modulus in bits, when available.</summary>
    public int MaxBits { get; }

    /// <summary>Why it is not available, in one sentence. Null when it is available.</summary>
    public string? Reason { get; }

    /// <summary>What the user can do when it is not available. Null when it is available, or when nothing can be done.</summary>
    public string? Cure { get; }
}

/// <summary>The key operations of this machine, and the driver that would run each of them. A snapshot. Immutable.</summary>
public sealed record KeyFeatures
{
    /// <summary>The operations for which the device's policy finds a driver.</summary>
    public required KeyFeatureMask Mask { get; init; }

    /// <summary>The name of the driver that the device's policy would choose for each operation.</summary>
    public required IReadOnlyDictionary<KeyOperation, string> ServedBy { get; init; }

    /// <summary>Every pair of rung and operation.</summary>
    public required IReadOnlyList<KeyAvailability> Operations { get; init; }
}
