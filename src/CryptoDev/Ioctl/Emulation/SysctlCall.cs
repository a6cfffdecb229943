using System.Text;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>A call of sysctl(3) or sysctlbyname(3), without the caller's pointers.</summary>
internal readonly ref struct SysctlCall
{
    /// <summary>The name in ASCII, or empty where <see cref="Numbers"/> has it.</summary>
    public ReadOnlySpan<byte> Name { get; init; }

    /// <summary>The name in numbers, or empty.</summary>
    public ReadOnlySpan<int> Numbers { get; init; }

    public WordSize WordSize { get; init; }

    /// <summary>Whether the caller wants the value (oldp).</summary>
    public bool Reads { get; init; }

    /// <summary>The bytes that the caller has room for (*oldlenp).</summary>
    public ulong Room { get; init; }

    /// <summary>Whether the caller sets a new value (newp).</summary>
    public bool Sets { get; init; }

    /// <summary>The bytes of the new value (newlen).</summary>
    public ulong NewLength { get; init; }

    /// <summary>The first bytes of the new value, at least as many as any sysctl has.</summary>
    public ReadOnlySpan<byte> NewValue { get; init; }

    /// <summary>Whether the caller may set anything: root.</summary>
    public bool IsPrivileged { get; init; }

    /// <summary>Answers the call.</summary>
    /// <param name="kernel">The device.</param>
    /// <param name="value">Receives the value, as much of it as the caller has room for.</param>
    /// <param name="length">The bytes in <paramref name="value"/>.</param>
    /// <param name="told">What the caller finds in *oldlenp if the result is 0 or ENOMEM.</param>
    /// <param name="found">The sysctl, or null for a name that this release does not have.</param>
    /// <returns>
    /// 0 or an errno value. ENOENT: no such name. EPERM: only root sets. ENOMEM: the room is short; what fits is copied, and nothing is
    /// set. EINVAL: the new value has a wrong length.
    /// </returns>
    public int Run(EmulatedKernel kernel, Span<byte> value, out int length, out ulong told, out Sysctl? found)
    {
        length = 0;
        told = 0;
        found = Find(kernel);
        if (found is null)
        {
            return LibC.ENOENT;
        }

        if (Sets && !IsPrivileged)
        {
            return LibC.EPERM;
        }

        int size = found.Length(WordSize);
        length = Reads ? (int)Math.Min(Room, (ulong)size) : 0;
        told = (ulong)(Reads ? length : size);
        Span<byte> whole = stackalloc byte[size];
        found.Read(kernel, whole);
        whole[..length].CopyTo(value);
        if (Reads && length < size)
        {
            return LibC.ENOMEM;
        }

        if (!Sets)
        {
            return 0;
        }

        // FreeBSD takes the first bytes of a longer value, and any length for counters that it only resets.
        bool fits =
            found.Meaning == SysctlMeaning.Counters64 ? true
            : kernel.Options.Dialect == DialectInfo.FreeBsd ? NewLength >= (ulong)size
            : NewLength == (ulong)size;
        if (!fits)
        {
            length = 0;
            told = 0;
            return LibC.EINVAL;
        }

        found.Write(kernel, NewValue);
        return 0;
    }

    private Sysctl? Find(EmulatedKernel kernel)
    {
        foreach (Sysctl row in kernel.Rules.Sysctls)
        {
            if (
                Numbers.IsEmpty
                    ? Ascii.Equals(Name, row.Name)
                    : row.Number != 0 && Numbers is [SysctlTable.CtlKern, var number] && number == row.Number
            )
            {
                return row;
            }
        }

        return null;
    }
}
