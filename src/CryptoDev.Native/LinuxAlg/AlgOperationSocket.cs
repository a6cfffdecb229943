using System.Diagnostics;

namespace CryptoDev.Native;

/// <summary>
/// One operation socket of AF_ALG with the buffers of its system calls. For one thread at a time. Every request is two system calls.
/// Results are the count of bytes that the kernel returned, or a negated error number. If the result is not the count that was asked for,
/// dispose the socket and accept another. The state left in it (queued data, an old IV, unread output) is not known.
/// </summary>
/// <remarks>
/// Both calls always get MSG_DONTWAIT, because the kernel ignores SO_RCVTIMEO and SO_SNDTIMEO here. A send larger than the buffer, or a
/// receive of more bytes than there is data, would otherwise wait for ever. A receive still waits for a hardware device that is computing.
/// That wait is inside the call and ends.
/// </remarks>
internal sealed unsafe class AlgOperationSocket : IDisposable
{
    private const int MaxInputs = 3;
    private const int MaxOutputs = 3;

    // The kernel cuts a longer send to 2 GiB less a page, without an error.
    private const int MaxPiece = 1 << 30;

    private readonly SafeFileDescriptorHandle _socket;
    private readonly int _fd;

    // On the pinned heap, so that the addresses inside stay valid while this object is reachable.
    private readonly byte[] _block;
    private readonly msghdr* _send;
    private readonly msghdr* _receive;
    private readonly iovec* _inputs;
    private readonly iovec* _outputs;
    private readonly AlgControlMessageWriter _control;

    private byte[] _echo;

    /// <summary>Takes over an accepted descriptor. <paramref name="ivLength"/> 0 sends no IV record.</summary>
    public AlgOperationSocket(SafeFileDescriptorHandle socket, int ivLength, bool withAssociatedData)
    {
        _socket = socket;
        _fd = socket.Descriptor;
        int vectors = (MaxInputs + MaxOutputs) * sizeof(iovec);
        int control = AlgControlMessageWriter.GetLength(ivLength, withAssociatedData);
        _block = GC.AllocateArray<byte>((2 * sizeof(msghdr)) + vectors + control, pinned: true);
        _echo = [];

        fixed (byte* start = _block)
        {
            _send = (msghdr*)start;
            _receive = _send + 1;
            _inputs = (iovec*)(_receive + 1);
            _outputs = _inputs + MaxInputs;
            byte* records = (byte*)(_outputs + MaxOutputs);
            _control = new AlgControlMessageWriter(records, ivLength, withAssociatedData);
            _send->msg_iov = _inputs;
            _send->msg_control = records;
            _send->msg_controllen = (nuint)control;
            _receive->msg_iov = _outputs;
        }
    }

    /// <summary>The bytes that one request may queue and produce with the present buffer sizes. 0 if the sizes cannot be read.</summary>
    public int BufferSize => Math.Min(GetOption(LibC.SO_SNDBUF), GetOption(LibC.SO_RCVBUF));

    /// <summary>
    /// Asks for larger buffers. Each operation socket has its own buffer sizes and does not inherit them from the parent. The kernel
    /// doubles the number and limits it silently, so read <see cref="BufferSize"/> afterwards.
    /// </summary>
    public void RequestBufferSize(int bytes)
    {
        int half = bytes / 2;
        _ = LibC.setsockopt(_fd, LibC.SOL_SOCKET, LibC.SO_SNDBUF, &half, sizeof(int));
        _ = LibC.setsockopt(_fd, LibC.SOL_SOCKET, LibC.SO_RCVBUF, &half, sizeof(int));
    }

    /// <summary>
    /// Makes one request of an skcipher. <paramref name="destination"/> is as long as <paramref name="source"/>, which is not empty.
    /// </summary>
    public int Cipher(uint operation, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Debug.Assert(source.Length > 0 && destination.Length == source.Length);
        _control.Write(operation, iv);
        int result;
        fixed (
            byte* input = &source.Start(),
                output = &destination.Start()
        )
        {
            Put(_inputs, input, source.Length);
            _send->msg_iovlen = 1;
            result = Sent(LibC.sendmsg(_fd, _send, LibC.MSG_DONTWAIT), source.Length);
            if (result >= 0)
            {
                result = Received(LibC.recv(_fd, output, (nuint)source.Length, LibC.MSG_DONTWAIT));
            }
        }

        _control.Wipe();
        return result;
    }

    /// <summary>
    /// Processes one AEAD message. Encryption writes <paramref name="tag"/>. Decryption sends <paramref name="expectedTag"/> to be
    /// compared. If the tag is wrong, the result is EBADMSG, and <paramref name="destination"/> already holds plaintext that the caller
    /// must wipe. Returns the number of text bytes.
    /// </summary>
    public int Aead(
        bool encrypt,
        ReadOnlySpan<byte> iv,
        ReadOnlySpan<byte> associatedData,
        ReadOnlySpan<byte> source,
        Span<byte> destination,
        Span<byte> tag,
        ReadOnlySpan<byte> expectedTag
    )
    {
        Debug.Assert(destination.Length == source.Length);
        PrepareEcho(associatedData.Length);
        _control.Write(encrypt ? LinuxAlg.ALG_OP_ENCRYPT : LinuxAlg.ALG_OP_DECRYPT, iv, associatedData.Length);
        int result;
        fixed (
            byte* aad = &associatedData.Start(),
                input = &source.Start(),
                output = &destination.Start(),
                mark = &tag.Start(),
                given = &expectedTag.Start(),
                echo = _echo
        )
        {
            int inputs = 0;
            int sending = Add(_inputs, ref inputs, aad, associatedData.Length) + Add(_inputs, ref inputs, input, source.Length);
            int outputs = 0;

            // The kernel repeats the AAD before its output (kernels before 4.13 do not). A scratch buffer receives it.
            int expected = Add(_outputs, ref outputs, echo, associatedData.Length) + Add(_outputs, ref outputs, output, source.Length);
            if (encrypt)
            {
                expected += Add(_outputs, ref outputs, mark, tag.Length);
            }
            else
            {
                sending += Add(_inputs, ref inputs, given, expectedTag.Length);
            }

            result = Exchange(inputs, sending, outputs, expected, echo);
        }

        _control.Wipe();
        return result < 0 ? result : source.Length;
    }

    /// <summary>Processes one AEAD message that is all associated data, in two pieces, and returns the tag (GMAC).</summary>
    public int Authenticate(ReadOnlySpan<byte> iv, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> tag)
    {
        int length = first.Length + second.Length;
        PrepareEcho(length);
        _control.Write(LinuxAlg.ALG_OP_ENCRYPT, iv, length);
        int result;
        fixed (
            byte* one = &first.Start(),
                two = &second.Start(),
                mark = &tag.Start(),
                echo = _echo
        )
        {
            int inputs = 0;
            int sending = Add(_inputs, ref inputs, one, first.Length) + Add(_inputs, ref inputs, two, second.Length);
            int outputs = 0;
            int expected = Add(_outputs, ref outputs, echo, length) + Add(_outputs, ref outputs, mark, tag.Length);
            result = Exchange(inputs, sending, outputs, expected, echo);
        }

        _control.Wipe();
        return result < 0 ? result : tag.Length;
    }

    /// <summary>
    /// Hashes one whole message in two pieces. <paramref name="digest"/> has the hash's full length. Returns the number of bytes received.
    /// </summary>
    public int Digest(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> digest)
    {
        int result;
        fixed (
            byte* one = &first.Start(),
                two = &second.Start()
        )
        {
            if (first.Length + (long)second.Length > MaxPiece)
            {
                result = Hash(first, more: true);
                if (result >= 0)
                {
                    result = Hash(second, more: false);
                }
            }
            else if (first.IsEmpty)
            {
                // Send an empty message too: kernels up to 4.9 give no digest if there was only a receive.
                result = Sent(LibC.send(_fd, two, (nuint)second.Length, 0), second.Length);
            }
            else
            {
                Put(_inputs, one, first.Length);
                Put(_inputs + 1, two, second.Length);
                _send->msg_iovlen = 2;
                result = Sent(LibC.sendmsg(_fd, _send, 0), first.Length + second.Length);
            }
        }

        return result < 0 ? result : FinishHash(digest);
    }

    /// <summary>
    /// Adds data to a hash. The hash stays open if <paramref name="more"/>. Never waits: a hash processes its input inside the call.
    /// </summary>
    public int Hash(ReadOnlySpan<byte> data, bool more)
    {
        fixed (byte* bytes = &data.Start())
        {
            int offset = 0;
            do
            {
                int piece = Math.Min(data.Length - offset, MaxPiece);
                bool last = offset + piece == data.Length;
                int result = Sent(LibC.send(_fd, bytes + offset, (nuint)piece, more || !last ? LibC.MSG_MORE : 0), piece);
                if (result < 0)
                {
                    return result;
                }

                offset += piece;
            } while (offset < data.Length);
        }

        return data.Length;
    }

    /// <summary>
    /// Ends a hash and reads its digest. <paramref name="digest"/> must have the hash's full length: with a shorter one, the rest is lost
    /// without an error.
    /// </summary>
    public int FinishHash(Span<byte> digest)
    {
        fixed (byte* bytes = &digest.Start())
        {
            return Received(LibC.recv(_fd, bytes, (nuint)digest.Length, LibC.MSG_DONTWAIT));
        }
    }

    /// <summary>
    /// Copies the running hash. On an idle socket the copy is a new hash: a digest that was finished but not read is not copied.
    /// </summary>
    public SafeFileDescriptorHandle? CloneHash(out Errno error) => SafeFileDescriptorHandle.Accept(_fd, out error);

    /// <summary>Reads up to 128 random bytes. The kernel cuts a longer request without an error.</summary>
    public int Random(Span<byte> destination)
    {
        fixed (byte* bytes = &destination.Start())
        {
            return Received(Uninterrupted.Receive(_fd, bytes, (nuint)destination.Length, 0));
        }
    }

    public void Dispose() => _socket.Dispose();

    private int Exchange(int inputs, int sending, int outputs, int expected, byte* spare)
    {
        if (expected == 0)
        {
            // With an empty receive buffer the kernel returns 0 without checking the tag. One spare byte makes it check.
            Put(_outputs, spare, 1);
            outputs = 1;
        }

        _send->msg_iovlen = (nuint)inputs;
        int result = Sent(LibC.sendmsg(_fd, _send, LibC.MSG_DONTWAIT), sending);
        if (result < 0)
        {
            return result;
        }

        _receive->msg_iovlen = (nuint)outputs;
        result =
            outputs == 1
                ? Received(LibC.recv(_fd, _outputs->iov_base, _outputs->iov_len, LibC.MSG_DONTWAIT))
                : Received(LibC.recvmsg(_fd, _receive, LibC.MSG_DONTWAIT));

        // If the receive buffer is one byte short, the kernel shortens the message and still gives a tag. So the count must be exact.
        return result < 0 || result == expected ? result : -LibC.EMSGSIZE;
    }

    private void PrepareEcho(int length)
    {
        if (_echo.Length <= length)
        {
            _echo = GC.AllocateUninitializedArray<byte>(Math.Max(length + 1, 256), pinned: true);
        }
    }

    private int GetOption(int name)
    {
        int value = 0;
        uint length = sizeof(int);
        return LibC.getsockopt(_fd, LibC.SOL_SOCKET, name, &value, &length) == 0 ? value : 0;
    }

    private static int Add(iovec* vectors, ref int count, byte* bytes, int length)
    {
        // An empty piece gets no vector: each vector costs the kernel about 700 bytes of option memory. Adjacent pieces (a text and its
        // attached tag) share one vector.
        if (length > 0 && count > 0 && (byte*)vectors[count - 1].iov_base + vectors[count - 1].iov_len == bytes)
        {
            vectors[count - 1].iov_len += (nuint)length;
        }
        else if (length > 0)
        {
            Put(vectors + count++, bytes, length);
        }

        return length;
    }

    private static void Put(iovec* vector, byte* bytes, int length)
    {
        vector->iov_base = bytes;
        vector->iov_len = (nuint)length;
    }

    /// <summary>
    /// A short send is an error: without MSG_DONTWAIT it would have waited for ever, and a partial message must not be processed.
    /// </summary>
    private static int Sent(nint count, int expected) =>
        count == expected ? expected
        : count < 0 ? -Errno.Last().Number
        : -LibC.EMSGSIZE;

    private static int Received(nint count) => count < 0 ? -Errno.Last().Number : (int)count;
}
