namespace CryptoDev.Conformance.Support;

/// <summary>The bytes of one message and of its associated data, so that both fit into one request of the session.</summary>
internal readonly record struct MessageSizes(int Text, int AssociatedData)
{
    private const int MostAssociatedData = 500;

    /// <summary>Draws both: associated data first, then a text of at most <paramref name="most"/> bytes that fits beside it.</summary>
    public static MessageSizes Next(Subject subject, int most, Seeded random)
    {
        int associatedData = subject.Algorithm.Kind == AlgorithmKind.Aead ? random.Length(MostAssociatedData) : 0;
        int longest = (int)Math.Min(most, subject.LongestBeside(associatedData));
        return new MessageSizes(Sizes.Fitted(subject.Algorithm, random.Length(longest)), associatedData);
    }
}
