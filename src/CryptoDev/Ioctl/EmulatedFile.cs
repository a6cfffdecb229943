namespace CryptoDev.Ioctl;

/// <summary>One open file description of an emulated device. Safe from many threads at once.</summary>
public sealed class EmulatedFile : IDisposable
{
    /// <summary>A number that no other open file of the device has.</summary>
    public long Id => throw new NotImplementedException();

    /// <summary>Something became ready; may come from any thread.</summary>
    public event Action? PollChanged { add => throw new NotImplementedException(); remove => throw new NotImplementedException(); }

    /// <summary>Runs one ioctl.</summary>
    public int Ioctl(uint request, ulong argument, IUserProcess caller, CancellationToken interrupted = default) => throw new NotImplementedException();

    /// <summary>The events that are ready now.</summary>
    public short Poll() => throw new NotImplementedException();

    /// <summary>The last close.</summary>
    public void Dispose() => throw new NotImplementedException();
}
