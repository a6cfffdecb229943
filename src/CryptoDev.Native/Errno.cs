using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>
/// One error number with its name and its text; a struct, not an enum, because a kernel may return numbers we have not heard of.
/// </summary>
internal readonly record struct Errno(int Number)
{
    /// <summary>The number as errno.h spells it, or the digits when it is not in our table.</summary>
    public string Name =>
        (uint)Number < (uint)LibC.ErrnoNames.Length && LibC.ErrnoNames[Number].Length > 0 ? LibC.ErrnoNames[Number] : $"errno {Number}";

    /// <summary>libc's one line about it.</summary>
    public string Text => Marshal.GetPInvokeErrorMessage(Number);

    /// <summary>Whether a call failed at all.</summary>
    public bool IsError => Number != 0;

    /// <summary>Reads errno; only sensible straight after the failed call, before anything else can make one.</summary>
    public static Errno Last() => new(Marshal.GetLastSystemError());

    public override string ToString() => $"{Name} ({Number}): {Text}";
}
