using System.Formats.Asn1;
using System.Security.Cryptography;
using CryptoDev.Native;

namespace CryptoDev.Drivers.Keyring;

/// <summary>Puts keys into the kernel. A key stays there while an object holds it.</summary>
internal static class KernelKeyImport
{
    /// <summary>The kernel's limit for keys of type user and logon.</summary>
    public const int LongestKey = 32767;

    public static KernelKeyHandle Symmetric(ReadOnlySpan<byte> bytes) => Add("logon", bytes, "add a key of type logon");

    public static KernelKeyHandle RsaPrivateKey(RSAParameters key, string parameter)
    {
        (byte[]? Number, string Name)[] numbers =
        [
            (key.Modulus, nameof(key.Modulus)),
            (key.Exponent, nameof(key.Exponent)),
            (key.D, nameof(key.D)),
            (key.P, nameof(key.P)),
            (key.Q, nameof(key.Q)),
            (key.DP, nameof(key.DP)),
            (key.DQ, nameof(key.DQ)),
            (key.InverseQ, nameof(key.InverseQ)),
        ];
        foreach ((byte[]? number, string name) in numbers)
        {
            if (number is null || !number.AsSpan().ContainsAnyExcept((byte)0))
            {
                throw new ArgumentException($"{name} is missing; a private key has all eight numbers.", parameter);
            }
        }

        CheckModulus(key.Modulus, parameter);
        using SecureMemoryHandle encoded = RsaPrivateKeyWriter.Write(
            new RsaNumbers
            {
                Modulus = key.Modulus,
                PublicExponent = key.Exponent,
                PrivateExponent = key.D,
                P = key.P,
                Q = key.Q,
                Dp = key.DP,
                Dq = key.DQ,
                QInverse = key.InverseQ,
            }
        );
        return AddAsymmetric(encoded.Bytes);
    }

    public static KernelKeyHandle Pkcs8(ReadOnlySpan<byte> der, string parameter)
    {
        try
        {
            CheckModulus(Modulus(der), parameter);
        }
        catch (AsnContentException error)
        {
            throw new ArgumentException("It is not an RSA private key: PKCS #8 in DER, not encrypted, is wanted.", parameter, error);
        }

        return AddAsymmetric(der);
    }

    public static KernelKeyHandle Certificate(ReadOnlySpan<byte> der, string parameter)
    {
        try
        {
            AsnDecoder.ReadSequence(der, AsnEncodingRules.DER, out _, out _, out int length);
            if (length != der.Length)
            {
                throw new AsnContentException();
            }
        }
        catch (AsnContentException error)
        {
            throw new ArgumentException("It is not an X.509 certificate in DER.", parameter, error);
        }

        return Add("asymmetric", der, "add a certificate", (LibC.EBADMSG, "the kernel cannot read it as an X.509 certificate."));
    }

    /// <summary>Finds the modulus without copying anything.</summary>
    private static ReadOnlySpan<byte> Modulus(ReadOnlySpan<byte> der)
    {
        ReadOnlySpan<byte> outer = Sequence(der, out int whole);
        Demand(whole == der.Length);
        Skip(ref outer);
        ReadOnlySpan<byte> algorithm = Sequence(outer, out int taken);
        Demand(AsnDecoder.ReadObjectIdentifier(algorithm, AsnEncodingRules.DER, out _) == RsaPrivateKeyWriter.RsaEncryption);
        outer = outer[taken..];
        Demand(AsnDecoder.TryReadPrimitiveOctetString(outer, AsnEncodingRules.DER, out ReadOnlySpan<byte> octets, out _));
        ReadOnlySpan<byte> numbers = Sequence(octets, out _);
        Skip(ref numbers);
        return AsnDecoder.ReadIntegerBytes(numbers, AsnEncodingRules.DER, out _);
    }

    private static ReadOnlySpan<byte> Sequence(ReadOnlySpan<byte> der, out int length)
    {
        AsnDecoder.ReadSequence(der, AsnEncodingRules.DER, out int offset, out int contentLength, out length);
        return der.Slice(offset, contentLength);
    }

    private static void Skip(ref ReadOnlySpan<byte> der)
    {
        AsnDecoder.ReadIntegerBytes(der, AsnEncodingRules.DER, out int length);
        der = der[length..];
    }

    private static void Demand(bool isRight)
    {
        if (!isRight)
        {
            throw new AsnContentException();
        }
    }

    private static void CheckModulus(ReadOnlySpan<byte> modulus, string parameter)
    {
        // The size is rounded up to whole bytes. The kernel counts the modulus in words and pads a PKCS #1 message to that size.
        int bits = modulus.TrimStart((byte)0).Length * 8;
        if (!KeyringRsa.ModulusBits.Contains(bits))
        {
            throw new ArgumentException(
                $"The kernel's RSA takes moduli of {string.Join(", ", KeyringRsa.ModulusBits)} bits; this one has {bits} in whole bytes.",
                parameter
            );
        }
    }

    private static KernelKeyHandle AddAsymmetric(ReadOnlySpan<byte> der) => Add("asymmetric", der, "add an RSA private key");

    private static KernelKeyHandle Add(string type, ReadOnlySpan<byte> payload, string operation, (int Errno, string Advice)? other = null)
    {
        KernelKeyHandle? handle = null;
        Errno error = default;
        for (int attempt = 0; handle is null && KeyringWork.MayTryAgain(attempt, error); attempt++)
        {
            handle = KernelKeyHandle.Add(type, payload, out error);
        }

        return handle
            ?? throw (
                other is { } special && special.Errno == error.Number
                    ? new CryptoDevException(error.Number, KeyringDriver.Name, operation, special.Advice)
                    : KeyringFailure.Exception(error, operation)
            );
    }
}
