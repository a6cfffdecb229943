using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using CryptoDev.Drivers;
using CryptoDev.Framework;

namespace CryptoDev;

/// <content>Brings the message of an operation into the plain form that drivers take, for each mode.</content>
public sealed partial class Session
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Run(DriverSession driver, in CryptOp op)
    {
        if (op.IvSource == IvSource.Explicit && op.Descriptors.IsEmpty)
        {
            if (
                _mode == SessionMode.Cipher
                && (op.Tag.Length | op.ExpectedTag.Length | op.AssociatedData.Length) == 0
                && op.TagAction == TagAction.Default
            )
            {
                return ProcessPlainCipher(driver, in op);
            }

            if (
                _mode == SessionMode.Aead
                && op.TagAction == TagAction.Default
                && (
                    op.Direction == CryptDirection.Encrypt
                        ? op.Tag.Length == _tagLength && op.ExpectedTag.IsEmpty
                        : op.ExpectedTag.Length == _tagLength && op.Tag.IsEmpty
                )
            )
            {
                return ProcessPlainAead(driver, in op);
            }

            if (_mode == SessionMode.Digest && op.Tag.Length == _tagLength && op.ExpectedTag.IsEmpty && op.TagAction == TagAction.Compute)
            {
                return ProcessPlainDigest(driver, in op);
            }
        }

        return ProcessAny(driver, in op);
    }

    // The three methods below run most operations: here every part is already where the driver wants it. They are separate methods, so that
    // each saves few registers and ends in a jump to the driver. In one method, saving and restoring registers alone takes as long as the
    // checks.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ProcessPlainCipher(DriverSession driver, in CryptOp op)
    {
        CryptOpValidator.CheckMessage(_algorithm, op.Source, op.Destination);
        CryptOpValidator.CheckIv(_algorithm, op.Iv, _ivLength, op.Source.Length);
        if (op.Source.Length > _limit)
        {
            driver = Longer(0, op.Source.Length);
        }

        return driver.Process(in op);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ProcessPlainDigest(DriverSession driver, in CryptOp op)
    {
        CryptOpValidator.CheckIv(_algorithm, op.Iv, _ivLength, 0);
        if (op.AssociatedData.Length + (long)op.Source.Length > _limit)
        {
            driver = Longer(op.AssociatedData.Length, op.Source.Length);
        }

        return driver.Process(in op);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ProcessPlainAead(DriverSession driver, in CryptOp op)
    {
        CryptOpValidator.CheckMessage(_algorithm, op.Source, op.Destination);
        CryptOpValidator.CheckIv(_algorithm, op.Iv, _ivLength, op.Source.Length);
        Span<byte> destination = op.Destination[..op.Source.Length];
        CryptOpValidator.CheckApart(op.Direction == CryptDirection.Encrypt ? op.Tag : op.ExpectedTag, destination, "tag");
        CryptOpValidator.CheckApart(op.AssociatedData, destination, "associatedData");
        if (op.Source.Length + (long)op.AssociatedData.Length > _limit)
        {
            driver = Longer(op.AssociatedData.Length, op.Source.Length);
        }

        int written = driver.Process(in op);
        return written != DriverSession.TagMismatch ? written : ThrowTagMismatch(destination);
    }

    private int ProcessAny(DriverSession driver, in CryptOp op)
    {
        if (!op.Descriptors.IsEmpty)
        {
            return RunDescriptors(driver, in op);
        }

        return _mode switch
        {
            SessionMode.Digest => ProcessDigest(driver, in op),
            SessionMode.Compression => ProcessCompression(driver, in op),
            SessionMode.Chain => driver.Process(in op),
            _ => ProcessCipher(driver, in op),
        };
    }

    /// <summary>
    /// The driver of a message that is longer than what every message on the first driver may be. The decision is one comparison for all
    /// others.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private DriverSession Longer(int associatedData, int message) => _ladder.Require(associatedData, message).Direct;

    /// <summary>The same with the choice.</summary>
    private DriverSession DriverFor(DriverSession first, int associatedData, int message) =>
        associatedData + (long)message <= _limit ? first : Longer(associatedData, message);

    /// <summary>All steps of a message run on one driver, on the first that takes the longest step.</summary>
    private int RunDescriptors(DriverSession driver, in CryptOp op)
    {
        int longest = 0;
        foreach (ref readonly CryptDescriptor step in op.Descriptors)
        {
            longest = Math.Max(longest, Math.Min(step.Length, op.Buffer.Length));
        }

        // Where no driver takes it, the checks say what is wrong with which step.
        if (op.AssociatedData.Length + (long)longest > _limit && _ladder.Find(op.AssociatedData.Length, longest) is { } rung)
        {
            driver = rung.Direct;
        }

        return DescriptorRunner.Run(Parameters, driver, in op, _ladder.RungOf(driver));
    }

    private static int ThrowTagMismatch(Span<byte> destination)
    {
        destination.Clear();
        throw new AuthenticationTagMismatchException();
    }

    /// <summary>
    /// Runs ciphers with an IV in the buffer, AEAD and cipher+MAC. It finds IV, message and tag in the caller's spans and gives the driver
    /// the plain form.
    /// </summary>
    private int ProcessCipher(DriverSession driver, in CryptOp op)
    {
        bool encrypt = op.Direction == CryptDirection.Encrypt;
        bool authenticates = _mode != SessionMode.Cipher;
        if (!authenticates)
        {
            CryptOpValidator.CheckNoAuthentication(_algorithm, in op);
        }
        else
        {
            CryptOpValidator.CheckTagPlace(in op);
            CryptOpValidator.CheckIsNoDigest(_algorithm, in op);
            CheckTagAction(in op, encrypt);
        }

        ReadOnlySpan<byte> source = op.Source;
        Span<byte> destination = op.Destination;
        Span<byte> iv = stackalloc byte[AlgorithmLimits.LongestIv];
        iv = iv[.._ivLength];
        int before = op.IvSource == IvSource.Explicit ? 0 : _ivLength;
        TakeIv(in op, encrypt, ref source, ref destination, iv);

        // If neither tag is given, the tag is attached. Otherwise the tag that the action needs is given.
        Span<byte> tag = op.Tag;
        ReadOnlySpan<byte> expected = op.ExpectedTag;
        int after = 0;
        if (authenticates && tag.IsEmpty && expected.IsEmpty)
        {
            after = _tagLength;
            if (encrypt)
            {
                tag = RoomForTag(source.Length, destination);
            }
            else
            {
                expected = TakeAttachedTag(ref source);
                if (destination.Length != source.Length)
                {
                    CryptOpValidator.ThrowAttachedDestination(destination.Length, source.Length, encrypt: false);
                }
            }
        }
        else if (authenticates)
        {
            CryptOpValidator.CheckTag(_macAlgorithm!, op.VerifiesTag ? expected : tag, _tagLength);
        }

        CryptOpValidator.CheckMessage(_algorithm, source, destination);
        CryptOpValidator.CheckIv(_algorithm, iv, _ivLength, source.Length);
        destination = destination[..source.Length];
        if (authenticates)
        {
            CryptOpValidator.CheckApart(op.VerifiesTag ? expected : tag, destination, "tag");
            CryptOpValidator.CheckApart(op.AssociatedData, destination, "associatedData");
        }

        driver = DriverFor(driver, op.AssociatedData.Length, source.Length);
        if (op.IvSource == IvSource.Random)
        {
            iv.CopyTo(op.Destination);
        }

        int written = driver.Process(
            new CryptOp
            {
                Direction = op.Direction,
                TagAction = op.TagAction,
                Source = source,
                Destination = destination,
                Iv = iv,
                AssociatedData = op.AssociatedData,
                Tag = tag,
                ExpectedTag = expected,
            }
        );
        if (written == DriverSession.TagMismatch)
        {
            ThrowTagMismatch(destination);
        }

        return (encrypt ? before : 0) + written + (encrypt ? after : 0);
    }

    private void CheckTagAction(in CryptOp op, bool encrypt)
    {
        if (op.VerifiesTag != encrypt)
        {
            return;
        }

        if (_mode == SessionMode.Aead)
        {
            throw new ArgumentException(
                $"{_algorithm} computes its tag when encrypting and verifies it when decrypting; TagAction.{op.TagAction} is neither.",
                nameof(op)
            );
        }

        if (op.Tag.IsEmpty && op.ExpectedTag.IsEmpty)
        {
            throw new ArgumentException(
                $"TagAction.{op.TagAction} when {(encrypt ? "encrypting" : "decrypting")} needs a detached tag: an attached one is "
                    + "computed when encrypting and verified when decrypting.",
                nameof(op)
            );
        }
    }

    private void TakeIv(in CryptOp op, bool encrypt, ref ReadOnlySpan<byte> source, ref Span<byte> destination, scoped Span<byte> iv)
    {
        switch (op.IvSource)
        {
            case IvSource.Explicit:
                CryptOpValidator.CheckIv(_algorithm, op.Iv, _ivLength, 0);
                op.Iv.CopyTo(iv);
                return;
            case IvSource.Random when !encrypt:
                throw new ArgumentException("A random IV can be made when encrypting only; decrypting finds it in the buffer.", nameof(op));
            case IvSource.Random or IvSource.Buffer when !op.Iv.IsEmpty:
                throw new ArgumentException($"An IV was given although IvSource.{op.IvSource} takes it from elsewhere.", nameof(op));
            case IvSource.Random or IvSource.Buffer:
                break;
            default:
                throw new ArgumentException($"IvSource {(int)op.IvSource} is not known.", nameof(op));
        }

        if (encrypt)
        {
            if (destination.Length < _ivLength)
            {
                CryptOpValidator.ThrowDestination(destination.Length, _ivLength);
            }

            if (op.IvSource == IvSource.Random)
            {
                RandomIv.Fill(_algorithm, iv);
            }
            else
            {
                destination[.._ivLength].CopyTo(iv);
            }

            destination = destination[_ivLength..];
        }
        else
        {
            if (source.Length < _ivLength)
            {
                throw new ArgumentException($"The source has {source.Length} bytes; the IV alone has {_ivLength}.", nameof(op));
            }

            source[.._ivLength].CopyTo(iv);
            source = source[_ivLength..];
        }
    }

    /// <summary>
    /// When encrypting, an attached tag is written after the ciphertext in the destination. The length is exact, so that a tag that was
    /// meant for a span of its own is not written where nobody looks for it.
    /// </summary>
    private Span<byte> RoomForTag(int messageLength, Span<byte> destination)
    {
        if (destination.Length != (long)messageLength + _tagLength)
        {
            CryptOpValidator.ThrowAttachedDestination(destination.Length, (long)messageLength + _tagLength, encrypt: true);
        }

        return destination.Slice(messageLength, _tagLength);
    }

    /// <summary>When decrypting, an attached tag is after the ciphertext in the source. It is not copied.</summary>
    private ReadOnlySpan<byte> TakeAttachedTag(scoped ref ReadOnlySpan<byte> source)
    {
        if (source.Length < _tagLength)
        {
            throw new ArgumentException($"The source has {source.Length} bytes; the tag alone has {_tagLength}.", nameof(source));
        }

        ReadOnlySpan<byte> tag = source[^_tagLength..];
        source = source[..^_tagLength];
        return tag;
    }

    private int ProcessDigest(DriverSession driver, in CryptOp op)
    {
        CryptOpValidator.CheckIsDigest(_algorithm, in op);
        if (op.IvSource != IvSource.Explicit)
        {
            throw new ArgumentException("A digest session takes its nonce, if any, from Iv.", nameof(op));
        }

        CryptOpValidator.CheckTagPlace(in op);
        CryptOpValidator.CheckIv(_algorithm, op.Iv, _ivLength, 0);
        if (op.VerifiesTag)
        {
            CryptOpValidator.CheckTag(_algorithm, op.ExpectedTag, _tagLength);
            CryptOpValidator.CheckNoDestination(_algorithm, op.Destination);
            driver = DriverFor(driver, op.AssociatedData.Length, op.Source.Length);
            Span<byte> computed = stackalloc byte[AlgorithmLimits.LongestDigest];
            computed = computed[.._tagLength];
            driver.Process(
                new CryptOp
                {
                    Source = op.Source,
                    AssociatedData = op.AssociatedData,
                    Iv = op.Iv,
                    Tag = computed,
                    TagAction = TagAction.Compute,
                }
            );
            if (CryptographicOperations.FixedTimeEquals(computed, op.ExpectedTag))
            {
                return _tagLength;
            }

            // The driver has counted a success, because it only computed the digest. The message failed here, so the counters are
            // corrected.
            _ladder.RungOf(driver).Counters.Add(-1, -op.Source.Length, 1);
            throw new AuthenticationTagMismatchException();
        }

        Span<byte> target = op.Tag;
        if (target.IsEmpty)
        {
            if (op.TagAction == TagAction.Compute)
            {
                // SealAttached: it asks for a ciphertext too.
                CryptOpValidator.CheckNoDestination(_algorithm, op.Destination);
            }

            if (op.Destination.Length < _tagLength)
            {
                CryptOpValidator.ThrowDestination(op.Destination.Length, _tagLength);
            }

            target = op.Destination[.._tagLength];
        }
        else
        {
            CryptOpValidator.CheckTag(_algorithm, target, _tagLength);
            CryptOpValidator.CheckNoDestination(_algorithm, op.Destination);
        }

        driver = DriverFor(driver, op.AssociatedData.Length, op.Source.Length);
        driver.Process(
            new CryptOp
            {
                Source = op.Source,
                AssociatedData = op.AssociatedData,
                Iv = op.Iv,
                Tag = target,
                TagAction = TagAction.Compute,
            }
        );
        return _tagLength;
    }

    private int ProcessCompression(DriverSession driver, in CryptOp op)
    {
        CryptOpValidator.CheckNoAuthentication(_algorithm, in op);
        CryptOpValidator.CheckIv(_algorithm, op.Iv, 0, 0);
        CryptOpValidator.CheckApart(op.Source, op.Destination, "source");
        return DriverFor(driver, 0, op.Source.Length).Process(in op);
    }
}
