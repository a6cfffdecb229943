using CryptoDev.Native;
using static CryptoDev.Ioctl.NetBsd;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>An element of CIOCNCRYPTM or CIOCNFKEYM, from when it is accepted until it is fetched.</summary>
/// <param name="file">The open file.</param>
/// <param name="cookie">The caller's word for it.</param>
/// <param name="session">The id of the session. Key operations have none.</param>
/// <param name="crypt">The operation, or null.</param>
/// <param name="key">The key operation, or null.</param>
internal sealed class NetBsdRequest(EmulatedFile file, nint cookie, uint session, CryptJob? crypt, KeyJob? key) : IRequest
{
    public uint Id { get; } = file.NextRequestId();

    public bool IsKeyOperation => key is not null;

    public void Fail(int error) => key?.Fail(file.Kernel, error);

    public void Run()
    {
        crypt?.Run(file.Bytes);
        key?.Run(file.Kernel);
    }

    /// <summary>Copies the result out to where the element says, and returns its status.</summary>
    public crypt_result Deliver(IUserMemory caller)
    {
        // The result of a session that was freed meanwhile is lost. At most as many bytes as the input has are copied, so an expanded
        // message is cut (r1.84).
        int error =
            crypt is null ? key!.Error
            : file.Sessions.Contains(session) ? file.Kernel.Rules.Errnos.FromDriver(crypt.Error)
            : LibC.EINVAL;
        error = error != 0 ? error : crypt?.CopyOut(caller, crypt.Plan.SourceLength) ?? key!.CopyOut(caller);
        return new crypt_result
        {
            reqid = Id,
            status = (uint)error,
            opaque = cookie,
        };
    }

    public void Dispose()
    {
        crypt?.Dispose();
        key?.Dispose();
    }
}
