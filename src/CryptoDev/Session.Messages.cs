using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CryptoDev.Drivers;
using CryptoDev.Framework;

namespace CryptoDev;

/// <content>How the message of an operation becomes the plain form that drivers see, mode by mode.</content>
public sealed partial class Session
{
    private int Run(DriverSession driver, in CryptOp op)
    {
        if (op.IvSource == IvSource.Explicit && op.Descriptors.IsEmpty)
        {
            if (_mode == SessionMode.Cipher && op.Tag.IsEmpty && op.AssociatedData.IsEmpty && op.TagAction == TagAction.Default)
            {
                return ProcessPlainCipher(driver, in op);
            }

            if (_mode == SessionMode.Aead && op.Tag.Length == _tagLength && op.TagAction == TagAction.Default)
            {
                return ProcessPlainAead(driver, in op);
            }

            if (_mode == SessionMode.Digest && op.Tag.Length == _tagLength && op.TagAction == TagAction.Compute)
            {
                return ProcessPlainDigest(driver, in op);
            }
        }

        return ProcessAny(driver, in op);
    }

    // The straight lines that most operations take: everything lies where the driver wants it already. Methods of their own, so that each
    // is only as long as it needs
    // to be and ends in a jump to the driver: all in one, saving and restoring registers alone takes as long as the checks.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ProcessPlainCipher(DriverSession driver, in CryptOp op)
    {
        CryptOpValidator.CheckMessage(_algorithm, op.Source, op.Destination, _limit);
        CryptOpValidator.CheckIv(_algorithm, op.Iv, _ivLength, op.Source.Length);
        return driver.Process(in op);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ProcessPlainDigest(DriverSession driver, in CryptOp op)
    {
        CryptOpValidator.CheckLimit(_algorithm, op.Source.Length, _limit);
        CryptOpValidator.CheckIv(_algorithm, op.Iv, _ivLength, 0);
        return driver.Process(in op);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ProcessPlainAead(DriverSession driver, in CryptOp op)
    {
        CryptOpValidator.CheckMessage(_algorithm, op.Source, op.Destination, _limit);
        CryptOpValidator.CheckIv(_algorithm, op.Iv, _ivLength, op.Source.Length);
        Span<byte> destination = op.Destination[..op.Source.Length];
        CryptOpValidator.CheckApart(op.Tag, destination, "tag");
        CryptOpValidator.CheckApart(op.AssociatedData, destination, "associatedData");
        int written = driver.Process(in op);
        return written != DriverSession.TagMismatch ? written : ThrowTagMismatch(destination);
    }

    private int ProcessAny(DriverSession driver, in CryptOp op)
    {
        if (!op.Descriptors.IsEmpty)
        {
            return DescriptorRunner.Run(Parameters, driver, in op, Counters);
        }

        return _mode switch
        {
            SessionMode.Digest => ProcessDigest(driver, in op),
            SessionMode.Compression => ProcessCompression(driver, in op),
            SessionMode.Chain => driver.Process(in op),
            _ => ProcessCipher(driver, in op),
        };
    }

    private static int ThrowTagMismatch(Span<byte> destination)
    {
        destination.Clear();
        throw new AuthenticationTagMismatchException();
    }

    /// <summary>
    /// Ciphers with an IV in the buffer, AEAD and cipher+MAC: finds IV, message and tag in the caller's spans and hands on the plain form.
    /// </summary>
    private int ProcessCipher(DriverSession driver, in CryptOp op)
    {
        bool encrypt = op.Direction == CryptDirection.Encrypt;
        bool authenticates = _mode != SessionMode.Cipher;
        if (!authenticates)
        {
            CryptOpValidator.CheckNoAuthentication(_algorithm, in op);
        }
        else if (op.VerifiesTag == encrypt && op.Tag.IsEmpty && _mode == SessionMode.CipherAndMac)
        {
            throw new ArgumentException(
                $"TagAction.{op.TagAction} when {(encrypt ? "encrypting" : "decrypting")} needs a detached tag: an attached one is "
                    + "computed when encrypting and verified when decrypting.",
                nameof(op)
            );
        }
        else if (_mode == SessionMode.Aead && op.VerifiesTag == encrypt)
        {
            throw new ArgumentException(
                $"{_algorithm} computes its tag when encrypting and verifies it when decrypting; TagAction.{op.TagAction} is neither.",
                nameof(op)
            );
        }

        ReadOnlySpan<byte> source = op.Source;
        Span<byte> destination = op.Destination;
        Span<byte> iv = stackalloc byte[LongestIv];
        iv = iv[.._ivLength];
        int before = op.IvSource == IvSource.Explicit ? 0 : _ivLength;
        TakeIv(in op, encrypt, ref source, ref destination, iv);

        Span<byte> tag = op.Tag;
        int after = 0;
        if (authenticates && tag.IsEmpty)
        {
            tag = TakeAttachedTag(encrypt, ref source, ref destination, out after);
        }
        else if (authenticates)
        {
            CryptOpValidator.CheckTag(_macAlgorithm!, tag, _tagLength);
        }

        CryptOpValidator.CheckMessage(_algorithm, source, destination, _limit);
        CryptOpValidator.CheckIv(_algorithm, iv, _ivLength, source.Length);
        destination = destination[..source.Length];
        if (authenticates)
        {
            CryptOpValidator.CheckApart(tag, destination, "tag");
            CryptOpValidator.CheckApart(op.AssociatedData, destination, "associatedData");
        }

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
            }
        );
        if (written == DriverSession.TagMismatch)
        {
            ThrowTagMismatch(destination);
        }

        return (encrypt ? before : 0) + written + (encrypt ? after : 0);
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
    /// The tag stands after the ciphertext: in the destination when encrypting, in the source when decrypting. It is copied nowhere.
    /// </summary>
    private Span<byte> TakeAttachedTag(bool encrypt, scoped ref ReadOnlySpan<byte> source, scoped ref Span<byte> destination, out int after)
    {
        after = _tagLength;
        if (encrypt)
        {
            if (destination.Length < (long)source.Length + _tagLength)
            {
                CryptOpValidator.ThrowDestination(destination.Length, (long)source.Length + _tagLength);
            }

            return destination.Slice(source.Length, _tagLength);
        }

        if (source.Length < _tagLength)
        {
            throw new ArgumentException($"The source has {source.Length} bytes; the tag alone has {_tagLength}.", nameof(source));
        }

        // Decrypting only compares it: asking for an attached one to be computed was refused.
        ReadOnlySpan<byte> tag = source[^_tagLength..];
        source = source[..^_tagLength];
        return MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(tag), tag.Length);
    }

    private int ProcessDigest(DriverSession driver, in CryptOp op)
    {
        if (op.IvSource != IvSource.Explicit)
        {
            throw new ArgumentException("A digest session takes its nonce, if any, from Iv.", nameof(op));
        }

        CryptOpValidator.CheckLimit(_algorithm, op.Source.Length, _limit);
        CryptOpValidator.CheckIv(_algorithm, op.Iv, _ivLength, 0);
        if (op.VerifiesTag)
        {
            CryptOpValidator.CheckTag(_algorithm, op.Tag, _tagLength);
            Span<byte> computed = stackalloc byte[LongestTag];
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
            if (CryptographicOperations.FixedTimeEquals(computed, op.Tag))
            {
                return _tagLength;
            }

            // The driver computed a digest and counts that; only here is it known that the message failed.
            Counters.Add(-1, -op.Source.Length, 1);
            throw new AuthenticationTagMismatchException();
        }

        Span<byte> target = op.Tag;
        if (target.IsEmpty)
        {
            if (op.Destination.Length < _tagLength)
            {
                CryptOpValidator.ThrowDestination(op.Destination.Length, _tagLength);
            }

            target = op.Destination[.._tagLength];
        }
        else
        {
            CryptOpValidator.CheckTag(_algorithm, target, _tagLength);
        }

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
        CryptOpValidator.CheckLimit(_algorithm, op.Source.Length, _limit);

        return driver.Process(in op);
    }
}
