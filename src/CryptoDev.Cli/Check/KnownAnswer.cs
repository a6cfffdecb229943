namespace CryptoDev.Cli.Check;

/// <summary>One published vector. A field is hex digits, or ASCII text after a quotation mark.</summary>
/// <param name="Algorithm">The library's name of the algorithm.</param>
/// <param name="Source">Document and section.</param>
/// <param name="Key">The key.</param>
/// <param name="Iv">IV or nonce.</param>
/// <param name="Message">Plaintext, or the message to digest.</param>
/// <param name="Result">Ciphertext, digest or MAC. Compression: the compressed form, which is only expanded.</param>
/// <param name="AssociatedData">AEAD: associated data.</param>
/// <param name="Tag">AEAD: the tag.</param>
internal sealed record KnownAnswer(
    string Algorithm,
    string Source,
    string Key,
    string Iv,
    string Message,
    string Result,
    string AssociatedData = "",
    string Tag = ""
)
{
    /// <summary>Decodes a field of this record.</summary>
    public static byte[] Bytes(string field) =>
        field.StartsWith('"') ? System.Text.Encoding.ASCII.GetBytes(field[1..]) : Convert.FromHexString(field);
}
