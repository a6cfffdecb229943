using CryptoDev.Native;

namespace CryptoDev.Framework;

/// <summary>
/// The drivers that did not run the operation, in the order of the policy, and the one error that is made of them when none did. The errno
/// is that of the first driver that accepted the probe and then failed. Where none accepted, it is that of the first refusal whose errno
/// says more than "not there". Otherwise it is ENODEV.
/// </summary>
/// <param name="refusalsTell">
/// Whether a refusal's errno may become the errno of the error. False for key operations: there EPERM and EINVAL are outcomes (a bad
/// signature).
/// </param>
internal sealed class RefusalList(bool refusalsTell = true)
{
    private readonly List<PassedOverDriver> _passedOver = [];
    private readonly List<CryptoDevException> _errors = [];
    private int _ofFailure;
    private int _ofRefusal;

    /// <summary>Each driver with its reason, as of now.</summary>
    public IReadOnlyList<PassedOverDriver> PassedOver => [.. _passedOver];

    /// <summary>The number of drivers that refused.</summary>
    public int RefusedCount { get; private set; }

    /// <summary>Adds a driver that refused the probe.</summary>
    public void AddRefusal(string driver, string operation, string reason, string? cure = null, int errno = 0)
    {
        _passedOver.Add(new PassedOverDriver(driver, reason));
        _errors.Add(new CryptoDevException(errno, driver, operation, cure is null ? $"{reason}." : $"{reason}; {cure}."));
        RefusedCount++;
        if (refusalsTell && _ofRefusal == 0 && !MeansAbsent(errno))
        {
            _ofRefusal = errno;
        }
    }

    /// <summary>Adds a driver that runs messages and does not take longer ones, once. It does not count as a refusal.</summary>
    public void AddLimit(string driver, string operation, string reason)
    {
        if (!_passedOver.Exists(one => one.Driver == driver))
        {
            _passedOver.Add(new PassedOverDriver(driver, reason));
            _errors.Add(new CryptoDevException(0, driver, operation, $"{reason}."));
        }
    }

    /// <summary>Adds a driver that accepted the probe and then failed. That replaces what was said of its limits.</summary>
    public void AddFailure(string driver, CryptoDevException error)
    {
        _passedOver.RemoveAll(one => one.Driver == driver);
        _passedOver.Add(new PassedOverDriver(driver, error.Message));
        _errors.Add(error);
        if (_ofFailure == 0)
        {
            _ofFailure = error.Errno;
        }
    }

    /// <summary>Adds a kind of driver that was looked for and not found, once. It does not count as a refusal.</summary>
    public void AddOnce(string kind, string reason)
    {
        if (!_passedOver.Exists(one => one.Driver == kind))
        {
            _passedOver.Add(new PassedOverDriver(kind, reason));
        }
    }

    /// <summary>The exception when no driver ran the operation. Its inner exception holds one exception per driver, in order.</summary>
    public CryptoDevException ToException(DriverPolicy policy, string operation) =>
        new(
            _ofFailure != 0 ? _ofFailure
                : _ofRefusal != 0 ? _ofRefusal
                : LibC.ENODEV,
            policy.ToString(),
            operation,
            $"no driver can: {string.Join("; ", _passedOver.Select(one => $"{one.Driver}: {one.Reason}"))}.",
            new AggregateException(_errors)
        );

    /// <summary>
    /// Whether an errno means only that there is no such device, family, algorithm or size. 0 means that no call was made.
    /// </summary>
    private static bool MeansAbsent(int errno) =>
        errno
            is 0
                or LibC.ENOENT
                or LibC.ENODEV
                or LibC.ENXIO
                or LibC.ENOSYS
                or LibC.EINVAL
                or LibC.EOPNOTSUPP
                or LibC.EAFNOSUPPORT
                or LibC.EPFNOSUPPORT
                or LibC.EPROTONOSUPPORT
                or LibC.ESOCKTNOSUPPORT
                or LibC.ENOPROTOOPT
                or LibC.ENOPKG
                or LibC.ELIBBAD;
}
