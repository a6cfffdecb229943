namespace CryptoDev.Analyzers;

/// <summary>What an argument of an operation is.</summary>
internal enum ArgumentRole
{
    /// <summary>The name does not say.</summary>
    Unknown,

    /// <summary>A nonce, IV or counter block.</summary>
    Nonce,

    /// <summary>Plaintext or ciphertext. In place they are the same memory, so they are not told apart.</summary>
    Message,

    /// <summary>A tag or MAC.</summary>
    Tag,

    /// <summary>Associated data.</summary>
    AssociatedData,
}
