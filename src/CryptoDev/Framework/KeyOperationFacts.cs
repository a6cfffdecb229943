namespace CryptoDev.Framework;

/// <summary>A parameter: its name as the factories spell it, and whether it is the digest, the one that is not a number.</summary>
internal sealed record KeyOperand(string Name, bool IsDigest = false);

/// <summary>What must hold of an operand, alone or against another.</summary>
internal enum KeyRuleKind
{
    /// <summary>Not 0, and not empty.</summary>
    NotZero,

    /// <summary>Odd, and at least 3.</summary>
    OddPrime,

    /// <summary>At least 2.</summary>
    AboveOne,

    /// <summary>Below the other operand.</summary>
    Below,

    /// <summary>At most the other operand less 2.</summary>
    AtMostMinusTwo,
}

/// <summary>A rule for operand <paramref name="Operand"/>, against operand <paramref name="Other"/> where it takes two.</summary>
internal sealed record KeyRule(KeyRuleKind Kind, int Operand, int Other = -1);

/// <summary>One row of the table of key operations.</summary>
internal sealed record KeyOperationFacts(
    KeyOperation Operation,
    string BsdName,
    IReadOnlyList<KeyOperand> Inputs,
    IReadOnlyList<KeyOperand> Outputs,
    IReadOnlyList<int> OutputsSizedBy,
    IReadOnlyList<KeyRule> Rules
)
{
    /// <summary>
    /// Rules for numbers that a stranger sent: what breaks one is a bad signature, whatever its length, and no mistake of the caller's.
    /// </summary>
    public IReadOnlyList<KeyRule> Verdicts { get; init; } = [];

    /// <summary>Whether operand <paramref name="index"/> is such a number.</summary>
    public bool IsJudged(int index) => Verdicts.Any(rule => rule.Operand == index);

    /// <summary>The operand whose length decides what an operation costs and which driver can take it.</summary>
    public int Modulus => OutputsSizedBy.Count > 0 ? OutputsSizedBy[0] : 1;
}
