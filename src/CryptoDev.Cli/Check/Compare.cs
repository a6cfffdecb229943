namespace CryptoDev.Cli.Check;

/// <summary>Compares byte for byte and reports the position of the first difference. Shows no bytes.</summary>
internal static class Compare
{
    public static void Same(string what, ReadOnlySpan<byte> given, ReadOnlySpan<byte> expected)
    {
        if (given.SequenceEqual(expected))
        {
            return;
        }

        throw new DisagreementException(
            given.Length != expected.Length
                ? $"{what} has {given.Length} bytes, {expected.Length} are right"
                : $"{what} differs from byte {given.CommonPrefixLength(expected)} of {given.Length} on"
        );
    }
}
