using CryptoDev.Native;

namespace CryptoDev.Framework;

/// <summary>
/// The drivers that were asked and did not do it, in the order of the policy, and the one error that is made of them where none did.
/// The rung that counts is the first that said yes when it was asked and then failed; where none said yes, the first whose refusal has an
/// errno that says more than that something is not there; else it is ENODEV.
/// </summary>
/// <param name="refusalsTell">
/// Whether a refusal's errno may become the error's. Not for key operations: EPERM and EINVAL are outcomes there (a signature that is not
/// good).
/// </param>
internal sealed class RefusalList(bool refusalsTell = true)
{
    private readonly List<PassedOverDriver> _passedOver = [];
    private readonly List<CryptoDevException> _errors = [];
    private int _ofFailure;
    private int _ofRefusal;

    /// <summary>Each with its reason, as it stands now.</summary>
    public IReadOnlyList<PassedOverDriver> PassedOver => [.. _passedOver];

    /// <summary>How many said no.</summary>
    public int RefusedCount { get; private set; }

    /// <summary>A driver that said no.</summary>
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

    /// <summary>A driver that said yes and failed.</summary>
    public void AddFailure(string driver, CryptoDevException error)
    {
        _passedOver.Add(new PassedOverDriver(driver, error.Message));
        _errors.Add(error);
        if (_ofFailure == 0)
        {
            _ofFailure = error.Errno;
        }
    }

    /// <summary>A kind of driver that was looked for and is nowhere, said once. It is nobody's refusal.</summary>
    public void AddOnce(string kind, string reason)
    {
        if (!_passedOver.Exists(one => one.Driver == kind))
        {
            _passedOver.Add(new PassedOverDriver(kind, reason));
        }
    }

    /// <summary>None did it. The inner exception has one of each driver, in order.</summary>
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

    /// <summary>Whether an errno says only that there is no such device, family, algorithm or size; 0: no call was made.</summary>
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
