using System.Collections;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>
/// The rows that bind on this machine. They are found on first use, because asking for all of them loads modules, and opening one session
/// should not cost that.
/// </summary>
internal sealed class ServedAlgorithms(AfAlgDriver driver) : IReadOnlyList<CryptoAlgorithm>
{
    private readonly Lazy<IReadOnlyList<CryptoAlgorithm>> _rows = new(() =>
    {
        HashSet<CryptoAlgorithm> served = [.. driver.Members.SelectMany(member => member.Algorithms)];
        return [.. CryptoAlgorithm.All.Where(served.Contains)];
    });

    public int Count => _rows.Value.Count;

    public CryptoAlgorithm this[int index] => _rows.Value[index];

    public IEnumerator<CryptoAlgorithm> GetEnumerator() => _rows.Value.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
