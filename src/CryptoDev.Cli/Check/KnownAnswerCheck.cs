using System.Security.Cryptography;
using CryptoDev.Cli.Input;

namespace CryptoDev.Cli.Check;

/// <summary>
/// Checks a driver against the published vectors, in both directions. For cipher+MAC, .NET computes the expected tag over the vector.
/// </summary>
internal sealed class KnownAnswerCheck(CryptoDevice device, MessageTrial trial, CancellationToken stop)
{
    /// <summary>The MAC key of the cipher+MAC vectors.</summary>
    private static readonly byte[] s_macKey = "a key for the MAC of both"u8.ToArray();

    /// <summary>Runs every vector of the pair's subject whose sizes the driver takes.</summary>
    public void Run(CheckPair pair)
    {
        string? refusal = null;
        foreach (KnownAnswer answer in KnownAnswerTable.For(pair.Subject.Algorithm))
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                Run(pair, answer);
                pair.KnownAnswers++;
            }
            catch (CryptoDevException notTaken) when (ErrorText.IsAbsence(notTaken))
            {
                // Rungs differ in the sizes that they accept. A vector of another size is not a failure, but it is one if no vector could
                // run.
                refusal = notTaken.Message;
            }
            catch (DisagreementException wrong)
            {
                throw new DisagreementException($"known answer {answer.Source}: {wrong.Message}");
            }
        }

        if (pair.KnownAnswers == 0)
        {
            throw new DisagreementException(refusal is null ? "there is no known answer for it" : $"it takes no known answer: {refusal}");
        }
    }

    private void Run(CheckPair pair, KnownAnswer answer)
    {
        CheckSubject subject = pair.Subject;
        byte[] key = KnownAnswer.Bytes(answer.Key);
        byte[] iv = KnownAnswer.Bytes(answer.Iv);
        byte[] message = KnownAnswer.Bytes(answer.Message);
        byte[] result = KnownAnswer.Bytes(answer.Result);
        byte[] associatedData = KnownAnswer.Bytes(answer.AssociatedData);
        byte[] tag = subject.Mac is null
            ? KnownAnswer.Bytes(answer.Tag)
            : CryptographicOperations.HmacData(subject.Hash, s_macKey, subject.Order == MacOrder.MacPlaintext ? message : result);
        int tagLength = subject.Algorithm.Kind switch
        {
            AlgorithmKind.Aead => tag.Length,
            AlgorithmKind.Mac => result.Length,
            _ => 0,
        };
        using CryptoKey? secret = key.Length == 0 && subject.Algorithm.KeySizes.Maximum == 0 ? null : SecretKey.Of(key);
        using CryptoKey macSecret = new(s_macKey);
        SessionParameters parameters = subject.Parameters(
            new SubjectSizes(key.Length, iv.Length, tagLength, s_macKey.Length),
            secret,
            macSecret
        );
        using Session session = device.CreateSession(parameters, pair.Policy);
        pair.Runner ??= session.Driver;
        switch (subject.Algorithm.Kind)
        {
            case AlgorithmKind.Cipher or AlgorithmKind.Aead:
                Cipher(session, message, result, iv, associatedData, tag);
                break;
            case AlgorithmKind.Compression:
                byte[] room = new byte[message.Length + 1];
                int length = session.Process(
                    new CryptOp
                    {
                        Direction = CryptDirection.Decrypt,
                        Source = result,
                        Destination = room,
                    }
                );
                Compare.Same("the expanded message", room.AsSpan(0, length), message);
                break;
            default:
                Compare.Same("the digest", trial.Digest(session, message, iv, TrialShape.Plain), result);
                break;
        }

        pair.Messages++;
        pair.Bytes += message.Length;
    }

    private void Cipher(Session session, byte[] message, byte[] result, byte[] iv, byte[] associatedData, byte[] tag)
    {
        byte[] computed = new byte[tag.Length];
        Compare.Same(
            "the ciphertext",
            trial.Cipher(session, CryptDirection.Encrypt, message, iv, associatedData, computed, message.Length, TrialShape.Plain),
            result
        );
        Compare.Same("the tag", computed, tag);
        Compare.Same(
            "the plaintext",
            trial.Cipher(session, CryptDirection.Decrypt, result, iv, associatedData, tag, message.Length, TrialShape.Plain),
            message
        );
    }
}
