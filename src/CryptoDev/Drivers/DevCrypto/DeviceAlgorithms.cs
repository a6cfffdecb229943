using System.Collections;
using CryptoDev.Framework;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>
/// The rows that the device opens sessions for, found when somebody looks: asking for all of them is no price for opening one session.
/// </summary>
internal sealed class DeviceAlgorithms(DevCryptoDriver driver) : IReadOnlyList<CryptoAlgorithm>
{
    private readonly Lazy<IReadOnlyList<CryptoAlgorithm>> _rows = new(() =>
        [.. CryptoAlgorithm.All.Where(algorithm => AvailabilityProbe.Probe(driver, algorithm).Accepted)]
    );

    public int Count => _rows.Value.Count;

    public CryptoAlgorithm this[int index] => _rows.Value[index];

    public IEnumerator<CryptoAlgorithm> GetEnumerator() => _rows.Value.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
