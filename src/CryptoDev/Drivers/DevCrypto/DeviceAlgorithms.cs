using System.Collections;
using CryptoDev.Framework;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>
/// The rows for which the device opens sessions. They are found on first use, because opening one session should not cost a probe of all of
/// them.
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
