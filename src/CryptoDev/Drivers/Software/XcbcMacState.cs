using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using CryptoDev.Native;

namespace CryptoDev.Drivers.Software;

/// <summary>The chain value, the derived keys, and the held-back block, which may be the last one.</summary>
internal sealed class XcbcMacState : IDisposable
{
    private const int Block = 16;

    /// <summary>The size of the buffer for CBC output that is not needed.</summary>
    private const int Scratch = 1024;

    private readonly CryptoTransform _transform;
    private readonly EvpCipherContextHandle _cbc;
    private readonly SecureMemoryHandle _masks;
    private readonly byte[] _chain = new byte[Block];
    private readonly byte[] _held = new byte[Block];
    private int _heldLength;

    /// <summary>RFC 3566 section 4: K1, K2 and K3 are the encryptions of blocks of 01, 02 and 03.</summary>
    public XcbcMacState(CryptoTransform transform)
    {
        _transform = transform;
        Span<byte> derived = stackalloc byte[3 * Block];
        derived[..Block].Fill(1);
        derived.Slice(Block, Block).Fill(2);
        derived[(2 * Block)..].Fill(3);
        using KeyLease key = new(transform);
        nint cipher = LibCryptoContext.Instance.Cipher(transform.Algorithm.Libcrypto.NameFor(Block));
        try
        {
            using (EvpCipherContextHandle deriving = new())
            {
                bool ok = deriving.SetKey(cipher, key.Bytes, encrypt: true);
                for (int i = 0; i < 3 && ok; i++)
                {
                    // CBC of one block with a zero IV is ECB.
                    ok = deriving.Start(_chain) && deriving.Update(derived.Slice(i * Block, Block), derived.Slice(i * Block, Block));
                }

                Require(ok, "derive keys for");
            }

            _masks = SecureMemoryHandle.Copy(derived[Block..]);
            _cbc = new EvpCipherContextHandle();
            Require(_cbc.SetKey(cipher, derived[..Block], encrypt: true), "key");
            Require(_cbc.Start(_chain), "start");
        }
        catch
        {
            Dispose();
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    public bool Start()
    {
        _heldLength = 0;
        _chain.AsSpan().Clear();
        return true;
    }

    [SkipLocalsInit]
    public bool Update(ReadOnlySpan<byte> source)
    {
        // The last block is held back as a whole, because its mask is known only at the end of the message.
        while (!source.IsEmpty)
        {
            if (_heldLength == Block)
            {
                if (!Absorb(_held))
                {
                    return false;
                }

                _heldLength = 0;
            }

            if (_heldLength == 0 && source.Length > Block)
            {
                int whole = (source.Length - 1) / Block * Block;
                if (!Absorb(source[..whole]))
                {
                    return false;
                }

                source = source[whole..];
            }

            int taken = Math.Min(Block - _heldLength, source.Length);
            source[..taken].CopyTo(_held.AsSpan(_heldLength));
            _heldLength += taken;
            source = source[taken..];
        }

        return true;
    }

    [SkipLocalsInit]
    public bool Finish(Span<byte> tag)
    {
        Span<byte> last = stackalloc byte[Block];
        last.Clear();
        _held.AsSpan(0, _heldLength).CopyTo(last);
        bool whole = _heldLength == Block;
        if (!whole)
        {
            last[_heldLength] = 0x80;
        }

        ReadOnlySpan<byte> mask = _masks.Bytes.Slice(whole ? 0 : Block, Block);
        for (int i = 0; i < Block; i++)
        {
            last[i] ^= mask[i];
        }

        bool ok = Absorb(last);
        _chain.AsSpan(0, tag.Length).CopyTo(tag);
        return ok;
    }

    public XcbcMacState Clone()
    {
        XcbcMacState copy = new(_transform) { _heldLength = _heldLength };
        _chain.CopyTo(copy._chain, 0);
        _held.CopyTo(copy._held, 0);
        return copy;
    }

    public void Dispose()
    {
        _cbc?.Dispose();
        _masks?.Dispose();
        CryptographicOperations.ZeroMemory(_chain);
        CryptographicOperations.ZeroMemory(_held);
    }

    /// <summary>Continues CBC from the chain value. The last block becomes the new chain value.</summary>
    [SkipLocalsInit]
    private bool Absorb(ReadOnlySpan<byte> blocks)
    {
        Span<byte> scratch = stackalloc byte[Scratch];
        bool ok = _cbc.Start(_chain);
        while (ok && !blocks.IsEmpty)
        {
            int piece = Math.Min(blocks.Length, Scratch);
            ok = _cbc.Update(blocks[..piece], scratch[..piece]);
            scratch.Slice(piece - Block, Block).CopyTo(_chain);
            blocks = blocks[piece..];
        }

        return ok;
    }

    private void Require(bool ok, string operation)
    {
        if (!ok)
        {
            throw SoftwareSession<XcbcMacContext>.Refused(_transform.Algorithm, operation);
        }
    }
}
