namespace CryptoDev.Cli.Check;

/// <summary>
/// Trials of ciphers, AEAD and cipher+MAC: both directions, every layout, pieces if the mode allows them, and tampering if there is a tag.
/// </summary>
internal sealed class CipherTrial(CheckSubject subject, Session session, Session? reference, MessageTrial trial, Random random)
    : SubjectTrial(session, reference, trial, random)
{
    public override void Run(int length)
    {
        byte[] message = Bytes(length);
        byte[] iv = RandomIv();
        // A kernel takes associated data and message in one request. So a message of the full length leaves no space for associated data.
        byte[] associatedData = subject.Authenticates ? Bytes((int)Math.Min(Random.Next(0, 70), Session.MaxMessageLength - length)) : [];
        byte[] tag = new byte[Session.TagLength];
        byte[] expected = Expect(message, iv, associatedData, tag);
        TrialShape shape = TrialShape.Random(Random);
        if (subject.HasRunningState && Random.Next(4) == 0)
        {
            Doing = "encrypting in pieces";
            Compare.Same("the ciphertext", Pieces(CryptDirection.Encrypt, message, iv), expected);
            Doing = "decrypting in pieces";
            Compare.Same("the plaintext", Pieces(CryptDirection.Decrypt, expected, iv), message);
        }
        else if (subject.Authenticates && shape.AttachedTag)
        {
            byte[] sealedMessage = [.. expected, .. tag];
            Doing = $"encrypting with attached tag {shape}";
            Compare.Same(
                "the ciphertext with its tag",
                Trial.Cipher(Session, CryptDirection.Encrypt, message, iv, associatedData, default, sealedMessage.Length, shape),
                sealedMessage
            );
            Doing = $"decrypting with attached tag {shape}";
            Compare.Same(
                "the plaintext",
                Trial.Cipher(Session, CryptDirection.Decrypt, sealedMessage, iv, associatedData, default, length, shape),
                message
            );
            Doing = $"decrypting a changed message {shape}";
            Trial.Refused(Session, Tampered(sealedMessage), iv, associatedData, default, length, shape);
        }
        else
        {
            Apart(message, expected, iv, associatedData, tag, shape);
        }
    }

    private void Apart(byte[] message, byte[] expected, byte[] iv, byte[] associatedData, byte[] tag, TrialShape shape)
    {
        Doing = $"encrypting {shape}";
        byte[] computed = Bytes(tag.Length);
        Compare.Same(
            "the ciphertext",
            Trial.Cipher(Session, CryptDirection.Encrypt, message, iv, associatedData, computed, message.Length, shape),
            expected
        );
        Compare.Same("the tag", computed, tag);
        Doing = $"decrypting {shape}";
        byte[] given = [.. tag];
        Compare.Same(
            "the plaintext",
            Trial.Cipher(Session, CryptDirection.Decrypt, expected, iv, associatedData, given, message.Length, shape),
            message
        );
        Compare.Same("the tag given to be verified", given, tag);
        if (!subject.Authenticates)
        {
            return;
        }

        Doing = $"decrypting with a changed tag {shape}";
        Trial.Refused(Session, expected, iv, associatedData, Tampered(tag), message.Length, shape);
        if (associatedData.Length > 0)
        {
            Doing = $"decrypting with changed associated data {shape}";
            Trial.Refused(Session, expected, iv, Tampered(associatedData), tag, message.Length, shape);
        }
    }

    /// <summary>
    /// The expected result. It comes from the software driver. If the software driver itself is tested, it comes from another layout of the
    /// same session.
    /// </summary>
    private byte[] Expect(byte[] message, byte[] iv, byte[] associatedData, byte[] tag)
    {
        Doing = "encrypting for comparison";
        byte[] expected = new byte[message.Length];
        (Reference ?? Session).Process(
            subject.Authenticates ? CryptOp.Seal(iv, message, expected, tag, associatedData) : CryptOp.Encrypt(message, expected, iv)
        );
        return expected;
    }

    private byte[] Pieces(CryptDirection direction, byte[] input, byte[] iv)
    {
        byte[] output = new byte[input.Length];
        using CipherOperation operation = Session.BeginCipher(direction, iv);
        int written = 0;
        for (int taken = 0; taken < input.Length; )
        {
            int piece = PieceOf(input.Length - taken);
            written += operation.Update(input.AsSpan(taken, piece), output.AsSpan(written));
            taken += piece;
        }

        operation.Final();
        return written == output.Length ? output : throw new DisagreementException($"pieces of {input.Length} bytes came out as {written}");
    }

    private byte[] RandomIv()
    {
        byte[] iv = Bytes(Session.IvLength);
        if (iv.Length == 16)
        {
            // ChaCha20 has a little-endian counter in the first four bytes, and it must not wrap within a message. The cleared bit does not
            // matter for other modes.
            iv[3] &= 0x7f;
            if (Random.Next(8) == 0)
            {
                // Make a counter block that soon carries through all its bytes.
                iv.AsSpan(Random.Next(4, 15)).Fill(0xff);
            }
        }

        return iv;
    }
}
