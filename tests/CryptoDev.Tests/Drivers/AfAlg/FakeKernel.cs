using CryptoDev.Drivers.Kernel;
using CryptoDev.Native;

namespace CryptoDev.Tests.Drivers.AfAlg;

/// <summary>
/// A folder shaped like /proc and /sys of a machine with a virtio card and a native PCI card, and a recorded list of algorithms.
/// </summary>
internal sealed class FakeKernel : IDisposable
{
    /// <summary>
    /// Five kinds of records as kernels write them: a card, CPU instructions, plain code, a building block, a failed self-test.
    /// </summary>
    public const string ProcCrypto = """
        name         : cbc(aes)
        driver       : virtio_crypto_aes_cbc
        module       : virtio_crypto
        priority     : 150
        refcnt       : 1
        selftest     : passed
        internal     : no
        type         : skcipher
        async        : yes
        blocksize    : 16
        min keysize  : 16
        max keysize  : 32
        ivsize       : 16
        chunksize    : 16
        walksize     : 16

        name         : cbc(aes)
        driver       : cbc-aes-aesni
        module       : aesni_intel
        priority     : 400
        refcnt       : 1
        selftest     : passed
        internal     : no
        type         : skcipher
        async        : yes
        blocksize    : 16
        min keysize  : 16
        max keysize  : 32
        ivsize       : 16

        name         : __cbc(aes)
        driver       : __cbc-aes-aesni
        module       : aesni_intel
        priority     : 400
        selftest     : passed
        internal     : yes
        type         : skcipher
        blocksize    : 16

        name         : cbc(aes)
        driver       : cbc(aes-generic)
        module       : cbc
        priority     : 100
        selftest     : passed
        internal     : no
        type         : skcipher
        blocksize    : 16
        min keysize  : 16
        max keysize  : 32
        ivsize       : 16

        name         : rsa
        driver       : virtio-crypto-rsa
        module       : virtio_crypto
        priority     : 150
        selftest     : unknown
        internal     : no
        type         : akcipher

        name         : sha256
        driver       : sha256-generic
        module       : kernel
        priority     : 100
        selftest     : passed
        internal     : no
        type         : shash
        blocksize    : 64
        digestsize   : 32

        name         : gcm(aes)
        driver       : gcm-aes-qat
        module       : qat
        priority     : 4001
        selftest     : unknown
        internal     : no
        type         : aead
        blocksize    : 1
        ivsize       : 12
        maxauthsize  : 16

        name         : stdrng
        driver       : drbg_nopr_hmac_sha256
        module       : drbg
        priority     : 221
        selftest     : passed
        internal     : no
        type         : rng
        seedsize     : 0
        """;

    public FakeKernel()
    {
        Root = Directory.CreateTempSubdirectory("cryptodev-kernel-").FullName;
        ProcRoot = Folder("proc");
        SysRoot = Folder("sys");
        File.WriteAllText(Path.Combine(ProcRoot, "crypto"), ProcCrypto);

        Folder("sys/module/aesni_intel");
        AddPciFunction("0000:00:05.0", "0x1af4", "0x1054", "0x00ff00");
        Folder("sys/devices/pci0000:00/0000:00:05.0/virtio1");
        AddDriver("virtio_crypto", "virtio", "virtio_crypto", "virtio1", "devices/pci0000:00/0000:00:05.0/virtio1");
        AddPciFunction("0000:00:06.0", "0x8086", "0x37c8", "0x0b4000");
        AddDriver("qat", "pci", "c6xx", "0000:00:06.0", "devices/pci0000:00/0000:00:06.0");
    }

    public string Root { get; }

    public string ProcRoot { get; }

    public string SysRoot { get; }

    /// <summary>What NETLINK_CRYPTO would answer; <see langword="null"/> for a kernel without crypto_user.</summary>
    public IReadOnlyList<CryptoUserRecord>? Records { get; set; }

    public KernelCryptoCatalogue Read() => KernelCryptoCatalogue.Read(ProcRoot, SysRoot, Dump);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private IReadOnlyList<CryptoUserRecord>? Dump(out Errno error)
    {
        error = Records is null ? new Errno(LibC.EPROTONOSUPPORT) : default;
        return Records;
    }

    private string Folder(string path) => Directory.CreateDirectory(Path.Combine(Root, path)).FullName;

    private void AddPciFunction(string address, string vendor, string device, string classCode)
    {
        string folder = Folder($"sys/devices/pci0000:00/{address}");
        File.WriteAllText(Path.Combine(folder, "vendor"), vendor + "\n");
        File.WriteAllText(Path.Combine(folder, "device"), device + "\n");
        File.WriteAllText(Path.Combine(folder, "class"), classCode + "\n");
    }

    private void AddDriver(string module, string bus, string driver, string deviceName, string devicePath)
    {
        string drivers = Folder($"sys/module/{module}/drivers");
        string folder = Folder($"sys/bus/{bus}/drivers/{driver}");
        File.WriteAllText(Path.Combine(folder, "bind"), "");
        Directory.CreateSymbolicLink(Path.Combine(folder, "module"), $"../../../../module/{module}");
        Directory.CreateSymbolicLink(Path.Combine(folder, deviceName), $"../../../../{devicePath}");
        Directory.CreateSymbolicLink(Path.Combine(drivers, $"{bus}:{driver}"), $"../../../bus/{bus}/drivers/{driver}");
    }
}
