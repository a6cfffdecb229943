namespace CryptoDev.Server.Cuse;

/// <summary>What a node below /dev may be called.</summary>
internal static class DeviceName
{
    private const int Longest = 64;

    public static void Check(string name)
    {
        // The kernel takes commas and '!' for more than letters of a name, and would make folders of them.
        if (
            name.Length is 0 or > Longest
            || name[0] == '.'
            || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
        )
        {
            throw new FrontEndException(
                FrontEndFailure.Usage,
                $"'{name}' cannot name a device: it takes 1 to {Longest} letters, digits, '-', '_' and '.', and no '.' at its start."
            );
        }
    }
}
