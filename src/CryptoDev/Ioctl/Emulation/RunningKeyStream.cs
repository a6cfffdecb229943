using CryptoDev.Dialects;
using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// The key stream of a session whose cipher has no IV and goes on where its last operation stopped (ARC4). Operations of several threads
/// take their turns.
/// </summary>
/// <param name="session">The framework's session. The owner disposes it after this.</param>
internal sealed class RunningKeyStream(Session session) : IDisposable
{
    private readonly Lock _gate = new();
    private CipherOperation? _operation;
    private bool _isLost;

    /// <summary>Whether the session's cipher holds such a stream.</summary>
    public static bool IsFor(DialectSession dialect) => dialect.Cipher?.Algorithm!.Chaining == IvChaining.InTransform;

    /// <summary>Encrypts or decrypts, which is the same, with the next bytes of the stream.</summary>
    /// <exception cref="CryptoDevException">The driver failed, in this operation or in an earlier one.</exception>
    public void Run(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        lock (_gate)
        {
            if (_isLost)
            {
                throw new CryptoDevException(
                    LibC.EIO,
                    session.Driver.Name,
                    "continue a key stream",
                    "an earlier operation failed, so its place in the key stream is not known; open another session."
                );
            }

            _operation ??= session.BeginCipher(CryptDirection.Encrypt);
            try
            {
                _operation.Update(source, destination);
            }
            catch
            {
                _isLost = true;
                throw;
            }
        }
    }

    public void Dispose() => _operation?.Dispose();
}
