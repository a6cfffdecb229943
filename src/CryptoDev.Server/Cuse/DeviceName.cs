namespace CryptoDev.Server.Cuse;

/// <summary>The rules for the name of a node below /dev.</summary>
internal static class DeviceName
{
    private const int Longest = 64;

    public static void Check(string name)
    {
        // The kernel gives commas and '!' a special meaning in device names and would create folders from them.
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
