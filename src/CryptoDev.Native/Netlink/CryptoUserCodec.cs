using System.Runtime.InteropServices;
using System.Text;

namespace CryptoDev.Native;

/// <summary>Encodes the request of a NETLINK_CRYPTO dump and decodes the records. It checks every length that it reads.</summary>
internal static unsafe class CryptoUserCodec
{
    /// <summary>The result of decoding one received block of messages.</summary>
    internal enum BlockEnd
    {
        /// <summary>More blocks follow.</summary>
        More,

        /// <summary>The dump is complete.</summary>
        Done,

        /// <summary>The kernel answered with an error number.</summary>
        Error,

        /// <summary>The list changed during the dump. Ask again.</summary>
        Interrupted,

        /// <summary>A length in the block points outside of the block.</summary>
        Malformed,
    }

    /// <summary>The request "report every algorithm".</summary>
    public static byte[] EncodeDumpRequest(uint sequence)
    {
        nlmsghdr head = new()
        {
            nlmsg_len = (uint)(sizeof(nlmsghdr) + sizeof(crypto_user_alg)),
            nlmsg_type = CryptoUser.CRYPTO_MSG_GETALG,
            nlmsg_flags = Netlink.NLM_F_REQUEST | Netlink.NLM_F_DUMP,
            nlmsg_seq = sequence,
        };
        byte[] request = new byte[head.nlmsg_len];
        MemoryMarshal.Write(request, in head);
        return request;
    }

    /// <summary>Appends the records of one received block.</summary>
    public static BlockEnd Decode(ReadOnlySpan<byte> block, uint sequence, List<CryptoUserRecord> records, out Errno error)
    {
        error = default;
        while (block.Length > 0)
        {
            if (!MemoryMarshal.TryRead(block, out nlmsghdr head) || head.nlmsg_len < sizeof(nlmsghdr) || head.nlmsg_len > block.Length)
            {
                return BlockEnd.Malformed;
            }

            ReadOnlySpan<byte> body = block[sizeof(nlmsghdr)..(int)head.nlmsg_len];
            block = block[Math.Min(Netlink.Align((int)head.nlmsg_len), block.Length)..];

            // Skip an answer to an earlier request on this socket.
            if (head.nlmsg_seq != sequence)
            {
                continue;
            }

            if ((head.nlmsg_flags & Netlink.NLM_F_DUMP_INTR) != 0)
            {
                return BlockEnd.Interrupted;
            }

            switch (head.nlmsg_type)
            {
                case Netlink.NLMSG_DONE:
                    return BlockEnd.Done;
                case Netlink.NLMSG_ERROR:
                    if (!MemoryMarshal.TryRead(body, out int negative))
                    {
                        return BlockEnd.Malformed;
                    }

                    error = new Errno(-negative);
                    return BlockEnd.Error;
                case CryptoUser.CRYPTO_MSG_GETALG:
                    // crypto_user answers a dump with the request's own type, not with NEWALG.
                    if (DecodeRecord(body) is not { } record)
                    {
                        return BlockEnd.Malformed;
                    }

                    records.Add(record);
                    break;
            }
        }

        return BlockEnd.More;
    }

    private static CryptoUserRecord? DecodeRecord(ReadOnlySpan<byte> body)
    {
        if (!MemoryMarshal.TryRead(body, out crypto_user_alg alg))
        {
            return null;
        }

        CryptoUserRecord record = new(
            Text(new ReadOnlySpan<byte>(alg.cru_name, CryptoUser.CRYPTO_MAX_NAME)),
            Text(new ReadOnlySpan<byte>(alg.cru_driver_name, CryptoUser.CRYPTO_MAX_NAME)),
            Text(new ReadOnlySpan<byte>(alg.cru_module_name, CryptoUser.CRYPTO_MAX_NAME)),
            alg.cru_flags
        );

        body = body[sizeof(crypto_user_alg)..];
        while (body.Length >= sizeof(nlattr))
        {
            nlattr head = MemoryMarshal.Read<nlattr>(body);
            if (head.nla_len < sizeof(nlattr) || head.nla_len > body.Length)
            {
                return null;
            }

            record = DecodeAttribute(record, Netlink.AttributeType(head), body[sizeof(nlattr)..head.nla_len]);
            body = body[Math.Min(Netlink.Align(head.nla_len), body.Length)..];
        }

        return record;
    }

    private static CryptoUserRecord DecodeAttribute(CryptoUserRecord record, int type, ReadOnlySpan<byte> data)
    {
        // If a report is shorter than our struct, the kernel has another layout. Leave the sizes unknown.
        switch (type)
        {
            case CryptoUser.CRYPTOCFGA_PRIORITY_VAL when MemoryMarshal.TryRead(data, out uint priority):
                return record with { Priority = priority };
            case CryptoUser.CRYPTOCFGA_REPORT_HASH when MemoryMarshal.TryRead(data, out crypto_report_hash hash):
                return record with { Type = TypeOf(data), BlockSize = hash.blocksize, DigestSize = hash.digestsize };
            case CryptoUser.CRYPTOCFGA_REPORT_CIPHER when MemoryMarshal.TryRead(data, out crypto_report_cipher cipher):
                return record with
                {
                    Type = TypeOf(data),
                    BlockSize = cipher.blocksize,
                    MinKeySize = cipher.min_keysize,
                    MaxKeySize = cipher.max_keysize,
                };
            case CryptoUser.CRYPTOCFGA_REPORT_BLKCIPHER when MemoryMarshal.TryRead(data, out crypto_report_blkcipher cipher):
                return record with
                {
                    Type = TypeOf(data),
                    BlockSize = cipher.blocksize,
                    MinKeySize = cipher.min_keysize,
                    MaxKeySize = cipher.max_keysize,
                    IvSize = cipher.ivsize,
                };
            case CryptoUser.CRYPTOCFGA_REPORT_AEAD when MemoryMarshal.TryRead(data, out crypto_report_aead aead):
                return record with
                {
                    Type = TypeOf(data),
                    BlockSize = aead.blocksize,
                    IvSize = aead.ivsize,
                    MaxAuthSize = aead.maxauthsize,
                };
            case CryptoUser.CRYPTOCFGA_REPORT_RNG when MemoryMarshal.TryRead(data, out crypto_report_rng rng):
                return record with { Type = TypeOf(data), SeedSize = rng.seedsize };
            case CryptoUser.CRYPTOCFGA_REPORT_LARVAL
            or CryptoUser.CRYPTOCFGA_REPORT_COMPRESS
            or CryptoUser.CRYPTOCFGA_REPORT_AKCIPHER
            or CryptoUser.CRYPTOCFGA_REPORT_KPP
            or CryptoUser.CRYPTOCFGA_REPORT_ACOMP when data.Length >= sizeof(crypto_report_larval):
                return record with { Type = TypeOf(data) };
            default:
                return record;
        }
    }

    /// <summary>Every report begins with the name of its type.</summary>
    private static string TypeOf(ReadOnlySpan<byte> report) => Text(report[..CryptoUser.CRYPTO_MAX_NAME]);

    private static string Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? field : field[..end]);
    }
}
