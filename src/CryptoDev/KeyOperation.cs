namespace CryptoDev;

/// <summary>The operations on large numbers that key agreement, signatures and RSA use. The values are NetBSD's <c>CRK_*</c>.</summary>
public enum KeyOperation
{
    /// <summary>base^exponent mod modulus (<c>CRK_MOD_EXP</c>).</summary>
    ModExp = 0,

    /// <summary>RSA's private operation by the Chinese remainder theorem (<c>CRK_MOD_EXP_CRT</c>).</summary>
    ModExpCrt = 1,

    /// <summary>A DSA signature (<c>CRK_DSA_SIGN</c>).</summary>
    DsaSign = 2,

    /// <summary>Checks a DSA signature (<c>CRK_DSA_VERIFY</c>).</summary>
    DsaVerify = 3,

    /// <summary>The shared value of Diffie-Hellman (<c>CRK_DH_COMPUTE_KEY</c>).</summary>
    DhComputeKey = 4,

    /// <summary>(a + b) mod modulus (<c>CRK_MOD_ADD</c>).</summary>
    ModAdd = 5,

    /// <summary>-a mod modulus (<c>CRK_MOD_ADDINV</c>).</summary>
    ModAddInv = 6,

    /// <summary>(a - b) mod modulus (<c>CRK_MOD_SUB</c>).</summary>
    ModSub = 7,

    /// <summary>a * b mod modulus (<c>CRK_MOD_MULT</c>).</summary>
    ModMult = 8,

    /// <summary>a^-1 mod modulus (<c>CRK_MOD_MULTINV</c>).</summary>
    ModMultInv = 9,

    /// <summary>a mod modulus (<c>CRK_MOD</c>).</summary>
    Mod = 10,
}

/// <summary>How the secret number of a DSA signature is made.</summary>
public enum DsaNonce
{
    /// <summary>
    /// From the key and the digest (RFC 6979). The signature is the same every time, and does not depend on a random generator.
    /// </summary>
    Deterministic,

    /// <summary>By the driver's random generator.</summary>
    Random,
}
