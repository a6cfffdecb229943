using System.Buffers.Binary;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>What a sysctl stands for.</summary>
internal enum SysctlMeaning
{
    /// <summary>An int: one of the switches.</summary>
    Switch,

    /// <summary>Eight counters of 32 bits, then times that no kernel keeps unless it was built to measure: FreeBSD to 12.</summary>
    Counters32,

    /// <summary>Eight counters of 64 bits: FreeBSD since 13.</summary>
    Counters64,
}

/// <summary>A sysctl of an emulated kernel.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Number">Its number below CTL_KERN; 0 where the kernel gives the numbers as it comes up.</param>
/// <param name="Meaning">What it stands for.</param>
/// <param name="Switch">The switch, where it is one.</param>
internal sealed record Sysctl(string Name, int Number, SysctlMeaning Meaning, SwitchName Switch = default)
{
    private const int CounterCount = 8;

    // cryptotstat: three times of two words each, a count of 32 bits, and padding to a word.
    private const int Stations = 4;
    private const int WordsOfStation = 7;

    /// <summary>The bytes of its value.</summary>
    public int Length(WordSize wordSize) =>
        Meaning switch
        {
            SysctlMeaning.Switch => sizeof(int),
            SysctlMeaning.Counters64 => CounterCount * sizeof(ulong),
            _ => (CounterCount * sizeof(uint)) + (Stations * WordsOfStation * (wordSize == WordSize.LP64 ? 8 : 4)),
        };

    /// <summary>Writes its value, as long as <see cref="Length"/> says.</summary>
    public void Read(EmulatedKernel kernel, Span<byte> value)
    {
        value.Clear();
        if (Meaning == SysctlMeaning.Switch)
        {
            BinaryPrimitives.WriteInt32LittleEndian(value, kernel.Rules.Get(Switch)!.Value);
            return;
        }

        Span<long> counters = stackalloc long[CounterCount];
        kernel.Counters.ReadRequests(counters);
        for (int index = 0; index < counters.Length; index++)
        {
            if (Meaning == SysctlMeaning.Counters64)
            {
                BinaryPrimitives.WriteInt64LittleEndian(value[(index * sizeof(ulong))..], counters[index]);
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(value[(index * sizeof(uint))..], unchecked((uint)counters[index]));
            }
        }
    }

    /// <summary>Sets it from a value of a length that it takes. Times are not kept. Counters of 64 bits become 0 whatever is set.</summary>
    public void Write(EmulatedKernel kernel, ReadOnlySpan<byte> value)
    {
        if (Meaning == SysctlMeaning.Switch)
        {
            kernel.Rules.TrySet(Switch, BinaryPrimitives.ReadInt32LittleEndian(value));
            return;
        }

        Span<long> counters = stackalloc long[CounterCount];
        for (int index = 0; index < counters.Length; index++)
        {
            counters[index] =
                Meaning == SysctlMeaning.Counters64 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(value[(index * sizeof(uint))..]);
        }

        kernel.Counters.WriteRequests(counters);
    }
}

/// <summary>
/// The sysctls of each release. NetBSD: opencrypto/crypto.c. OpenBSD: sys/sysctl.h, whose releases of 2002 have no userasymcrypto. FreeBSD:
/// opencrypto/crypto.c; since 13 the names are below kern.crypto, and COMPAT_FREEBSD12 keeps the old ones of the switches. kern.usercrypto
/// is there in all forms, because the emulated device has that switch in all.
/// </summary>
internal static class SysctlTable
{
    /// <summary>CTL_KERN, the first number of all names here.</summary>
    public const int CtlKern = 1;

    private static readonly (DialectInfo Dialect, string[] Forms, Sysctl Row)[] s_rows =
    [
        (DialectInfo.NetBsd, [], Number("kern.usercrypto", SwitchName.UserCrypto)),
        (DialectInfo.NetBsd, [], Number("kern.userasymcrypto", SwitchName.UserAsymCrypto)),
        (DialectInfo.NetBsd, [], Number("kern.cryptodevallowsoft", SwitchName.AllowSoft)),
        (DialectInfo.OpenBsd, [], Number("kern.usercrypto", SwitchName.UserCrypto, 52)),
        (DialectInfo.OpenBsd, [], Number("kern.cryptodevallowsoft", SwitchName.AllowSoft, 53)),
        (DialectInfo.OpenBsd, ["openbsd 2014"], Number("kern.userasymcrypto", SwitchName.UserAsymCrypto, 60)),
        (DialectInfo.FreeBsd, [], Number("kern.usercrypto", SwitchName.UserCrypto)),
        (DialectInfo.FreeBsd, ["freebsd 12", "freebsd 13"], Number("kern.userasymcrypto", SwitchName.UserAsymCrypto)),
        (DialectInfo.FreeBsd, ["freebsd 13"], Number("kern.crypto.asym_enable", SwitchName.UserAsymCrypto)),
        (DialectInfo.FreeBsd, [], Number("kern.cryptodevallowsoft", SwitchName.AllowSoft)),
        (DialectInfo.FreeBsd, ["freebsd 13", "freebsd 14"], Number("kern.crypto.allow_soft", SwitchName.AllowSoft)),
        (DialectInfo.FreeBsd, ["freebsd 12"], new Sysctl("kern.crypto_stats", 0, SysctlMeaning.Counters32)),
        (DialectInfo.FreeBsd, ["freebsd 13", "freebsd 14"], new Sysctl("kern.crypto.stats", 0, SysctlMeaning.Counters64)),
    ];

    /// <summary>The sysctls of a release. None for cryptodev-linux.</summary>
    public static IReadOnlyList<Sysctl> For(DialectInfo dialect, string form) =>
        [.. s_rows.Where(row => row.Dialect == dialect && (row.Forms.Length == 0 || row.Forms.Contains(form))).Select(row => row.Row)];

    private static Sysctl Number(string name, SwitchName which, int number = 0) => new(name, number, SysctlMeaning.Switch, which);
}
