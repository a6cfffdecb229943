using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using CryptoDev.Conformance.Support;
using Xunit;

namespace CryptoDev.Conformance.Keyring;

/// <summary>What the machine's kernel does with keys, and keys where it takes them.</summary>
[CollectionDefinition(Collection, DisableParallelization = true)]
public sealed class KernelKeys
{
    /// <summary>Tests that look at all keys of the user, or at his quota, do not run beside others.</summary>
    public const string Collection = "kernel keys";

    private static readonly string s_kernel = Targets.Kernel.Split('+')[0];

    static KernelKeys()
    {
        LoadParser();
        WhyNoRsa = Try(() => KernelKey.ImportRsaPrivateKey(RSA.Create(2048).ExportParameters(includePrivateParameters: true)));
        WhyNoKeys = Try(() => KernelKey.Import([1]));
        TakesSerials = s_kernel is "6.12" or "7.2";
    }

    /// <summary>Whether the lab's kernel must have asymmetric keys.</summary>
    public static bool IsPromised => s_kernel is "6.1" or "6.12" or "7.2";

    /// <summary>Whether AF_ALG takes keys by serial (Linux 6.2).</summary>
    public static bool TakesSerials { get; }

    public static CryptoDevException? WhyNoRsa { get; }

    public static CryptoDevException? WhyNoKeys { get; }

    /// <summary>
    /// How often the card has interrupted: the sum of its lines in /proc/interrupts, where its queues are named after the virtio device.
    /// </summary>
    public static long CardInterrupts()
    {
        string[] devices =
        [
            .. Directory
                .GetFileSystemEntries("/sys/bus/virtio/drivers/virtio_crypto", "virtio*")
                .Select(path => $" {Path.GetFileName(path)}-"),
        ];
        return File.ReadLines("/proc/interrupts")
            .Where(line => devices.Any(device => line.Contains(device, StringComparison.Ordinal)))
            .Sum(line =>
                line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Skip(1)
                    .TakeWhile(word => word.All(char.IsAsciiDigit))
                    .Sum(word => long.Parse(word, CultureInfo.InvariantCulture))
            );
    }

    /// <summary>
    /// The least interrupts of so many operations one after the other: not one for each, because what the card has done while the last
    /// one's handler still runs is taken by that handler.
    /// </summary>
    public static long LeastInterrupts(int operations) => operations / 4;

    /// <summary>The key in the kernel, or null where the kernel has no such keys.</summary>
    public static KernelKey? Rsa(RSA rsa) =>
        WhyNoRsa is null ? KernelKey.ImportRsaPrivateKey(rsa.ExportParameters(includePrivateParameters: true)) : null;

    public static KernelKey? Symmetric(ReadOnlySpan<byte> bytes) => WhyNoKeys is null ? KernelKey.Import(bytes) : null;

    public static bool IsListed(int serial) =>
        File.ReadLines("/proc/keys")
            .Any(line => line.StartsWith(serial.ToString("x8", CultureInfo.InvariantCulture), StringComparison.Ordinal));

    /// <summary>The kernel takes unlinked keys away a moment later.</summary>
    public static bool WaitUntilGone(int serial)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (IsListed(serial))
        {
            if (waited.Elapsed > Patience.Span)
            {
                return false;
            }

            Thread.Sleep(50);
        }

        return true;
    }

    /// <summary>The keys of ours that stay, after a moment for the kernel to take the unlinked ones away.</summary>
    public static IReadOnlyList<string> WaitUntilNoneIsLeft()
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (true)
        {
            List<string> ours =
            [
                .. File.ReadLines("/proc/keys")
                    .Where(line => line.Contains(Native.PrivateKeyringHandle.Description, StringComparison.Ordinal)),
            ];
            if (ours.Count == 0 || waited.Elapsed > Patience.Span)
            {
                return ours;
            }

            Thread.Sleep(50);
        }
    }

    /// <summary>The module is not loaded by itself; where there is none the tests say what that means.</summary>
    public static void LoadParser()
    {
        if (Targets.InLab)
        {
            using Process? modprobe = Process.Start(
                new ProcessStartInfo("modprobe", "-a pkcs8_key_parser rsa_generic") { RedirectStandardError = true }
            );
            modprobe?.WaitForExit();
        }
    }

    private static CryptoDevException? Try(Func<KernelKey> import)
    {
        try
        {
            import().Dispose();
            return null;
        }
        catch (CryptoDevException error)
        {
            return error;
        }
    }
}
