using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace CryptoDev.Analyzers;

/// <summary>The roles that names say, word by word, and the roles that the parameters of CryptOp's factories have.</summary>
internal static class RoleTable
{
    private static readonly ImmutableDictionary<string, ArgumentRole> s_words = new Dictionary<string, ArgumentRole>
    {
        ["nonce"] = ArgumentRole.Nonce,
        ["iv"] = ArgumentRole.Nonce,
        ["plaintext"] = ArgumentRole.Message,
        ["plain"] = ArgumentRole.Message,
        ["cleartext"] = ArgumentRole.Message,
        ["ciphertext"] = ArgumentRole.Message,
        ["cipher"] = ArgumentRole.Message,
        ["encrypted"] = ArgumentRole.Message,
        ["decrypted"] = ArgumentRole.Message,
        ["tag"] = ArgumentRole.Tag,
        ["mac"] = ArgumentRole.Tag,
        ["icv"] = ArgumentRole.Tag,
        ["hmac"] = ArgumentRole.Tag,
        ["aad"] = ArgumentRole.AssociatedData,
        ["associated"] = ArgumentRole.AssociatedData,
        ["additional"] = ArgumentRole.AssociatedData,
    }.ToImmutableDictionary();

    private static readonly ImmutableDictionary<string, ArgumentRole> s_parameters = new Dictionary<string, ArgumentRole>
    {
        ["nonce"] = ArgumentRole.Nonce,
        ["iv"] = ArgumentRole.Nonce,
        ["source"] = ArgumentRole.Message,
        ["destination"] = ArgumentRole.Message,
        ["plaintext"] = ArgumentRole.Message,
        ["ciphertext"] = ArgumentRole.Message,
        ["ciphertextAndTag"] = ArgumentRole.Message,
        ["tag"] = ArgumentRole.Tag,
        ["associatedData"] = ArgumentRole.AssociatedData,
    }.ToImmutableDictionary();

    /// <summary>The factories that are looked at. A digest may be that of anything and is written to its destination.</summary>
    public static ImmutableHashSet<string> Factories { get; } = ["Encrypt", "Decrypt", "Seal", "Open", "SealAttached", "OpenAttached"];

    /// <summary>The role that a name says. A name with the words of two roles, such as ciphertextAndTag, says none.</summary>
    public static ArgumentRole OfName(string name)
    {
        ArgumentRole[] roles =
        [
            .. Regex
                .Matches(name, "[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
                .Cast<Match>()
                .Select(word => s_words.GetValueOrDefault(word.Value.ToLowerInvariant()))
                .Where(role => role != ArgumentRole.Unknown)
                .Distinct(),
        ];
        return roles.Length == 1 ? roles[0] : ArgumentRole.Unknown;
    }

    public static ArgumentRole OfParameter(string name) => s_parameters.GetValueOrDefault(name);

    /// <summary>The words for a role in a message.</summary>
    public static string Describe(ArgumentRole role) =>
        role switch
        {
            ArgumentRole.Nonce => "a nonce or IV",
            ArgumentRole.Message => "plaintext or ciphertext",
            ArgumentRole.Tag => "a tag",
            _ => "associated data",
        };
}
