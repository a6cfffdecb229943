using System.Buffers.Binary;
using System.Security.Cryptography;
using CryptoDev.Drivers;
using CryptoDev.Native;
using FluentAssertions;

namespace CryptoDev.Tests.Framework;

/// <summary>The modes from their definitions over one block function.</summary>
internal sealed class ModeSession(CryptoAlgorithm algorithm, int pieceLength, int unit = 1) : DriverSession
{
    private long _operations;
    private long _bytes;
    private long _failures;

    public int Longest { get; private set; }

    /// <summary>The call that fails, counted from 1; 0: none.</summary>
    public int FailingCall { get; init; }

    public override SessionDriver Driver { get; } = new() { Name = "modes", Kind = DriverKind.Generic };

    public override long MaxMessageLength => long.MaxValue;

    public override int PieceLength => pieceLength;

    public override int PieceUnit => unit;

    public override SessionStatistics Statistics => new(_operations, _bytes, _failures);

    public static void Run(
        CryptoAlgorithm algorithm,
        CryptDirection direction,
        ReadOnlySpan<byte> iv,
        ReadOnlySpan<byte> source,
        Span<byte> destination
    )
    {
        using Aes aes = Aes.Create();
        aes.Key = new byte[16];
        byte[] input = source.ToArray();
        byte[] register = iv.ToArray();
        byte[] output = new byte[input.Length];
        int unit = algorithm.ChainBlockSize;
        bool encrypt = direction == CryptDirection.Encrypt;
        for (int at = 0; at < input.Length; at += unit)
        {
            byte[] block = input[at..Math.Min(at + unit, input.Length)];
            byte[] result = Block(algorithm.Name, encrypt, aes, register, block);
            result.CopyTo(output, at);
        }

        output.CopyTo(destination);
    }

    public override int Process(in CryptOp op)
    {
        Longest = Math.Max(Longest, op.Source.Length);
        (op.Source.Length % unit).Should().Be(0, "the driver works by whole blocks");
        if (_operations + 1 == FailingCall)
        {
            _failures++;
            throw new CryptoDevException(LibC.ENOMEM, "modes", "process", "no memory.");
        }

        _operations++;
        _bytes += op.Source.Length;
        Run(algorithm, op.Direction, op.Iv, op.Source, op.Destination);
        return op.Source.Length;
    }

    public override DigestState BeginDigest() => throw new InvalidOperationException("A cipher has no digest.");

    public override void Dispose()
    {
        // Nothing is held.
    }

    private static byte[] Block(string mode, bool encrypt, Aes aes, byte[] register, byte[] block)
    {
        switch (mode)
        {
            case "aes-ecb":
                return encrypt ? aes.EncryptEcb(block, PaddingMode.None) : aes.DecryptEcb(block, PaddingMode.None);
            case "aes-cbc":
                byte[] result = encrypt
                    ? aes.EncryptEcb(Xor(block, register), PaddingMode.None)
                    : Xor(aes.DecryptEcb(block, PaddingMode.None), register);
                (encrypt ? result : block).CopyTo(register, 0);
                return result;
            case "aes-cfb":
                byte[] cfb = Xor(block, aes.EncryptEcb(register, PaddingMode.None));
                (encrypt ? cfb : block).CopyTo(register, 0);
                return cfb;
            case "aes-ofb":
                aes.EncryptEcb(register, PaddingMode.None).CopyTo(register, 0);
                return Xor(block, register);
            case "aes-ctr":
                byte[] ctr = Xor(block, aes.EncryptEcb(register, PaddingMode.None));
                BinaryPrimitives.WriteUInt128BigEndian(register, unchecked(BinaryPrimitives.ReadUInt128BigEndian(register) + 1));
                return ctr;
            case "chacha20":
                // Only the counter matters here: a hash of it stands for the key stream.
                byte[] stream = Xor(block, SHA512.HashData(register));
                BinaryPrimitives.WriteUInt32LittleEndian(register, BinaryPrimitives.ReadUInt32LittleEndian(register) + 1);
                return stream;
            default:
                return block;
        }
    }

    private static byte[] Xor(byte[] block, byte[] with) => [.. block.Select((one, i) => (byte)(one ^ with[i]))];
}
