using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>How a dialect passes the tag of an AEAD.</summary>
internal enum TagPlace
{
    /// <summary>There is no authenticated call.</summary>
    Nowhere,

    /// <summary>After the text, in the same buffers (CIOCAUTHCRYPT).</summary>
    Attached,

    /// <summary>At a pointer of its own (CIOCCRYPTAEAD).</summary>
    Apart,
}

/// <summary>
/// One open device with one dialect. It converts calls to the dialect's structs and makes each ioctl at one place in the code. Every struct
/// is built anew, so nothing that a kernel wrote back (flags, lengths) is ever sent again. Results are 0 or more, or a negated error
/// number. Safe from any thread.
/// </summary>
internal abstract class DeviceCaller(DeviceChannel channel, DialectInfo dialect, DialectCodec codec, IoctlInfo free, IoctlInfo? features)
{
    private readonly uint _free = free.Code();
    private readonly uint _features = features?.Code() ?? 0;
    private volatile bool _lost;
    private int _references = 1;

    public DeviceChannel Channel => channel;

    public DialectInfo Dialect => dialect;

    public DialectCodec Codec => codec;

    /// <summary>
    /// The longest operation. cryptodev-linux has no limit. This length is long enough that cutting a message into pieces costs almost
    /// nothing, and short enough that a call pins few pages. The driver of a session may take less: <see cref="DeviceSessionFacts"/>.
    /// </summary>
    public int MostBytes => codec is BsdCodec bsd ? (int)bsd.MostBytes : 1 << 24;

    /// <summary>Whether the kernel refuses an operation longer than <see cref="MostBytes"/>.</summary>
    public bool HasLimit => codec is BsdCodec;

    /// <summary>Whether a session can hash in pieces, and its state can be copied.</summary>
    public virtual bool HashesInPieces => false;

    /// <summary>Whether the kernel compares the tag of a cipher and MAC session on decryption.</summary>
    public virtual bool VerifiesMac => false;

    public virtual TagPlace TagPlace => TagPlace.Nowhere;

    /// <summary>The longest associated data of an authenticated call.</summary>
    public virtual int MostAssociatedData => MostBytes;

    /// <summary>Whether the device reported that it is gone. Another one must be opened then.</summary>
    public bool IsLost => _lost;

    /// <summary>Creates a session. Afterwards the call holds its id and the kernel's choice.</summary>
    public abstract int CreateSession(ref SessionCall call);

    /// <summary>Frees a session.</summary>
    public int FreeSession(uint session) => Call(_free, ref session);

    /// <summary>Runs one operation. For a compressor the result is the number of bytes it produced.</summary>
    public abstract int Crypt(in CryptCall call);

    /// <summary>Runs one authenticated operation.</summary>
    public virtual int CryptAuthenticated(in CryptCall call) => -LibC.ENOSYS;

    /// <summary>The requests in flight on this open device; null where the dialect has only blocking calls.</summary>
    public virtual DeviceQueue? Queue => null;

    /// <summary>Starts an operation whose result is fetched later. Its memory must stay in place until then.</summary>
    public virtual int Start(in CryptCall call) => -LibC.ENOSYS;

    /// <summary>Fetches one result.</summary>
    /// <param name="cookie">The <see cref="CryptCall.Cookie"/> of the request, or -1 for the request that was started first.</param>
    /// <param name="status">0, or the errno value of the operation.</param>
    /// <returns>0; <c>-EBUSY</c> where no result waits.</returns>
    public virtual int Fetch(out nint cookie, out int status)
    {
        cookie = 0;
        status = 0;
        return -LibC.ENOSYS;
    }

    /// <summary>Copies the running hash of one session to another.</summary>
    public virtual int CopyHash(uint to, uint from) => -LibC.ENOSYS;

    /// <summary>What the device tells about a session and its kernel driver.</summary>
    public virtual DeviceReport Describe(in SessionCall call) => DeviceReport.Nothing;

    /// <summary>Runs one key operation; <paramref name="driver"/> is the kernel driver that ran it, where the kernel reports it.</summary>
    public abstract int Key(in KeyCall call, out string? driver);

    /// <summary>Whether many key operations can be started by one call.</summary>
    public virtual bool TakesManyKeys => false;

    /// <summary>
    /// Starts many key operations; <paramref name="statuses"/> receives an errno value for each one that was not started.
    /// </summary>
    public virtual int StartKeys(ReadOnlySpan<KeyCall> calls, Span<int> statuses) => -LibC.ENOSYS;

    /// <summary>The key operations that the device reports (CIOCASYMFEAT).</summary>
    public int KeyFeatures(out uint mask)
    {
        mask = 0;
        return _features == 0 ? -LibC.ENOSYS : Call(_features, ref mask);
    }

    /// <summary>Keeps the device open. False when it is already closed.</summary>
    public bool TryAddReference()
    {
        int count = Volatile.Read(ref _references);
        while (count > 0)
        {
            int seen = Interlocked.CompareExchange(ref _references, count + 1, count);
            if (seen == count)
            {
                return true;
            }

            count = seen;
        }

        return false;
    }

    /// <summary>Closes the device with the last reference.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            channel.Dispose();
        }
    }

    /// <summary>Makes an ioctl and notices when the device is gone.</summary>
    protected int Call<T>(uint request, ref T argument)
        where T : unmanaged
    {
        int result = channel.Ioctl(request, ref argument);
        if (result < 0 && DevCryptoErrors.MeansLost(-result))
        {
            _lost = true;
        }

        return result;
    }

    /// <summary>
    /// The same for a key operation. There ENODEV and ENXIO mean that no kernel driver has the operation, not that the device is gone.
    /// </summary>
    protected int CallForKey<T>(uint request, ref T argument)
        where T : unmanaged
    {
        int result = channel.Ioctl(request, ref argument);
        if (result < 0 && result is not (-LibC.ENODEV or -LibC.ENXIO) && DevCryptoErrors.MeansLost(-result))
        {
            _lost = true;
        }

        return result;
    }
}
