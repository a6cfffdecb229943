namespace CryptoDev.Framework;

/// <summary>A parameter: its name in the factory methods, and whether it is the digest. All other parameters are numbers.</summary>
internal sealed record KeyOperand(string Name, bool IsDigest = false);

/// <summary>A condition on an operand, alone or relative to another one.</summary>
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

/// <summary>
/// A rule for operand <paramref name="Operand"/>. A rule for two operands compares it with operand <paramref name="Other"/>.
/// </summary>
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
    /// Rules for numbers that come from another party. A number that breaks one is a bad signature, of any length. It is not a mistake of
    /// the caller.
    /// </summary>
    public IReadOnlyList<KeyRule> Verdicts { get; init; } = [];

    /// <summary>Whether operand <paramref name="index"/> has such a rule.</summary>
    public bool IsJudged(int index) => Verdicts.Any(rule => rule.Operand == index);

    /// <summary>The operand whose length decides the cost of the operation and which drivers can run it.</summary>
    public int Modulus => OutputsSizedBy.Count > 0 ? OutputsSizedBy[0] : 1;
}
