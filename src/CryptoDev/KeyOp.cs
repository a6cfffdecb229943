using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev;

/// <summary>
/// One operation on large numbers. It has its own copies of the operands, outside the managed heap. It runs once. The operands are zeroed
/// after the run, and everything is zeroed when it is disposed or finalized. Safe from any thread.
/// </summary>
/// <remarks>
/// BSD original: <c>struct cryptkop</c> of opencrypto(9), <c>struct crypt_kop</c> of <c>CIOCKEY</c>. docs/keyop.md has every operation with
/// its rules.
/// </remarks>
public sealed partial class KeyOp : IDisposable
{
    /// <summary>The largest number of significant bits of an operand.</summary>
    public const int MaxOperandBits = 16384;

    /// <summary>The largest number of operands and results together (<c>CRK_MAXPARAM</c>).</summary>
    public const int MaxParameters = 8;

    /// <summary>The length of the longest buffer of a parameter in bits, with leading zeros. The BSDs refuse longer ones.</summary>
    public const int MaxParameterBits = 65536;

    private const int Idle = 0;
    private const int Begun = 1;
    private const int Over = 2;
    private const string HasRun = "The operation has run; build another.";

    private readonly KeyOperationFacts _facts;
    private readonly SecureMemoryHandle _memory;
    private readonly int[] _bits;
    private readonly int[] _offsets;
    private readonly bool _fromParameters;
    private int _state;

    private KeyOp(KeyOperationFacts facts, ReadOnlySpan<int> inputBits, ReadOnlySpan<int> outputBits, bool fromParameters)
    {
        _facts = facts;
        _fromParameters = fromParameters;
        _bits = [.. inputBits, .. outputBits];
        _offsets = new int[_bits.Length + 1];
        for (int i = 0; i < _bits.Length; i++)
        {
            _offsets[i + 1] = _offsets[i] + BytesFor(_bits[i]);
        }

        _memory = SecureMemoryHandle.Allocate(_offsets[^1]);
    }

    /// <summary>The operation (<c>krp_op</c>).</summary>
    public KeyOperation Operation => _facts.Operation;

    /// <summary>The number of operands (<c>krp_iparams</c>).</summary>
    public int InputCount => _facts.Inputs.Count;

    /// <summary>The number of results. They follow the operands (<c>krp_oparams</c>).</summary>
    public int OutputCount => _facts.Outputs.Count;

    /// <summary>0, or the errno value of the run (<c>krp_status</c>). 0 before the run.</summary>
    public int Status { get; private set; }

    /// <summary>How the secret number of a DSA signature is made.</summary>
    public DsaNonce Nonce { get; private init; }

    /// <summary>
    /// An operation with parameters as in the BSD interface. The caller copies the operands in with <see cref="GetParameter"/>, least
    /// significant byte first. The results have their own buffers. The values of the operands are checked when the operation is processed.
    /// </summary>
    /// <param name="operation">The operation.</param>
    /// <param name="inputBits">
    /// The length of each operand in bits, at most <see cref="MaxParameterBits"/>. At most <see cref="MaxOperandBits"/> of them may be
    /// significant.
    /// </param>
    /// <param name="outputBits">The length of each result in bits, at least that of the modulus.</param>
    /// <param name="nonce">How the secret number is made, for <see cref="KeyOperation.DsaSign"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such operation, or a number of bits is negative or too large.</exception>
    /// <exception cref="ArgumentException">The operation has another number of operands or results.</exception>
    public static KeyOp FromParameters(
        KeyOperation operation,
        ReadOnlySpan<int> inputBits,
        ReadOnlySpan<int> outputBits,
        DsaNonce nonce = DsaNonce.Deterministic
    )
    {
        KeyOperationFacts facts =
            KeyOperationTable.Find(operation)
            ?? throw new ArgumentOutOfRangeException(
                nameof(operation),
                operation,
                $"There are {KeyOperationTable.All.Count} operations, 0 to {KeyOperationTable.All.Count - 1}."
            );
        CheckCounts(facts, facts.Inputs, inputBits, nameof(inputBits), "operands");
        CheckCounts(facts, facts.Outputs, outputBits, nameof(outputBits), "results");
        return new KeyOp(facts, inputBits, outputBits, fromParameters: true) { Nonce = nonce };
    }

    /// <summary>Parameter <paramref name="index"/>. The operands come first, then the results.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no parameter with that index.</exception>
    /// <exception cref="ObjectDisposedException">The operation is disposed.</exception>
    public KeyParameter GetParameter(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _bits.Length);
        ObjectDisposedException.ThrowIf(_memory.IsClosed, this);
        return new KeyParameter(this, index);
    }

    /// <summary>Zeroes everything. If the operation is running, this happens after the run.</summary>
    public void Dispose() => _memory.Dispose();

    /// <summary>The operation and the lengths of its operands, never a number.</summary>
    public override string ToString() =>
        $"{Operation} ({string.Join(", ", Enumerable.Range(0, InputCount).Select(i => $"{NameOf(i)}: {_bits[i]} bits"))})";

    /// <summary>The row of the operation in the table.</summary>
    internal KeyOperationFacts Facts => _facts;

    /// <summary>An operand, least significant byte first. It is valid between <see cref="Begin"/> and <see cref="End"/>.</summary>
    internal ReadOnlySpan<byte> Input(int index) => DangerousBytes(index);

    /// <summary>The buffer of a result, least significant byte first. It is zeroed.</summary>
    internal Span<byte> OutputBytes(int index) => DangerousBytes(InputCount + index);

    /// <summary>The significant bits of an operand. For a digest: its length in bits.</summary>
    internal int SignificantBits(int index) => _facts.Inputs[index].IsDigest ? Input(index).Length * 8 : LittleEndian.Bits(Input(index));

    /// <summary>The error of the operands, or null.</summary>
    internal KeyFault? FindFault() => KeyOpValidator.Check(this);

    /// <summary>Does the checks of <see cref="Begin"/> without starting the run. Throws when the operation cannot run at all.</summary>
    internal KeyFault? CheckRunnable()
    {
        using SecureMemoryHandle.Hold hold = Acquire();
        return Volatile.Read(ref _state) == Idle ? FindFault() : throw new InvalidOperationException(HasRun);
    }

    /// <summary>Starts the one run of the operation and takes a reference to its memory.</summary>
    internal void Begin()
    {
        SecureMemoryHandle.Hold hold = Acquire();
        try
        {
            lock (_bits)
            {
                if (_state != Idle)
                {
                    throw new InvalidOperationException(HasRun);
                }

                // Factories have checked their operands already. Operands that were copied in are checked here, and cannot change after
                // this.
                if (_fromParameters && FindFault() is { } fault)
                {
                    throw fault.ToException();
                }

                Volatile.Write(ref _state, Begun);
            }
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    /// <summary>Undoes <see cref="Begin"/> when no driver was called. The operation may be processed again.</summary>
    internal void Withdraw()
    {
        Volatile.Write(ref _state, Idle);
        _memory.DangerousRelease();
    }

    /// <summary>
    /// Ends the run and releases the reference. It zeroes the operands. After a failure it also zeroes the results, because a driver may
    /// have left half a calculation in them, which can reveal the key. Later calls do nothing.
    /// </summary>
    internal void End(int status)
    {
        if (Interlocked.CompareExchange(ref _state, Over, Begun) != Begun)
        {
            return;
        }

        Status = status;
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(
            _memory.Bytes[..(status == 0 ? _offsets[InputCount] : _offsets[^1])]
        );
        _memory.DangerousRelease();
    }

    internal string NameOf(int index) => index < InputCount ? _facts.Inputs[index].Name : _facts.Outputs[index - InputCount].Name;

    internal int BitsOf(int index) => _bits[index];

    internal int LengthOf(int index) => _offsets[index + 1] - _offsets[index];

    /// <summary>Copies an operand in. It is not allowed after the run has begun, because the operands have been checked then.</summary>
    internal void CopyIn(int index, ReadOnlySpan<byte> source)
    {
        if (index >= InputCount)
        {
            throw new InvalidOperationException($"{NameOf(index)} is a result: the operation writes it.");
        }

        if (source.Length > LengthOf(index))
        {
            throw new ArgumentException(
                $"{NameOf(index)} has room for {LengthOf(index)} bytes; {source.Length} were given.",
                nameof(source)
            );
        }

        using SecureMemoryHandle.Hold hold = Acquire();
        lock (_bits)
        {
            if (_state != Idle)
            {
                throw new InvalidOperationException(HasRun);
            }

            Span<byte> bytes = DangerousBytes(index);
            source.CopyTo(bytes);
            bytes[source.Length..].Clear();
        }
    }

    /// <summary>Copies a parameter out.</summary>
    internal void CopyOut(int index, Span<byte> destination)
    {
        using SecureMemoryHandle.Hold hold = Acquire();
        ReadOnlySpan<byte> bytes = DangerousBytes(index);
        if (destination.Length < bytes.Length)
        {
            throw new ArgumentException($"The destination has {destination.Length} bytes; {bytes.Length} are needed.", nameof(destination));
        }

        bytes.CopyTo(destination);
    }

    /// <summary>
    /// The bytes of a parameter, without a copy. Only for the owner of the operation, or between <see cref="Begin"/> and <see cref="End"/>.
    /// </summary>
    internal Span<byte> DangerousBytes(int index) => _memory.Bytes[_offsets[index].._offsets[index + 1]];

    private static int BytesFor(int bits) => (bits + 7) / 8;

    private static void CheckCounts(
        KeyOperationFacts facts,
        IReadOnlyList<KeyOperand> expected,
        ReadOnlySpan<int> bits,
        string name,
        string what
    )
    {
        if (bits.Length != expected.Count)
        {
            throw new ArgumentException($"{facts.BsdName} has {expected.Count} {what}, not {bits.Length}.", name);
        }

        for (int i = 0; i < bits.Length; i++)
        {
            if ((uint)bits[i] > MaxParameterBits)
            {
                throw new ArgumentOutOfRangeException(name, bits[i], $"{expected[i].Name}: a parameter has 0 to {MaxParameterBits} bits.");
            }
        }
    }

    private SecureMemoryHandle.Hold Acquire()
    {
        try
        {
            return _memory.Acquire();
        }
        catch (ObjectDisposedException)
        {
            throw new ObjectDisposedException(typeof(KeyOp).FullName);
        }
    }
}
