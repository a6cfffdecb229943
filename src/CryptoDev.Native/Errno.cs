using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>
/// One error number with its name and text. A struct and not an enum, because a kernel may return numbers that are not in our table.
/// </summary>
internal readonly record struct Errno(int Number)
{
    /// <summary>The number as errno.h spells it, or the digits when it is not in our table.</summary>
    public string Name =>
        (uint)Number < (uint)LibC.ErrnoNames.Length && LibC.ErrnoNames[Number].Length > 0 ? LibC.ErrnoNames[Number] : $"errno {Number}";

    /// <summary>The one-line description from libc.</summary>
    public string Text => Marshal.GetPInvokeErrorMessage(Number);

    /// <summary>Whether a call failed.</summary>
    public bool IsError => Number != 0;

    /// <summary>Reads errno. Only valid directly after the failed call, before another call can change it.</summary>
    public static Errno Last() => new(Marshal.GetLastSystemError());

    public override string ToString() => $"{Name} ({Number}): {Text}";
}
