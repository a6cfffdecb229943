using CryptoDev.Native;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>The steps of opening a transform that can fail, in the kernel's order.</summary>
internal enum AfAlgStep
{
    Socket,
    Bind,
    Key,
    KeySerial,
    TagLength,
    Accept,
    Buffer,
}

/// <summary>A step that the kernel refused.</summary>
internal readonly record struct AfAlgFailure(AfAlgStep Step, Errno Error)
{
    public bool IsFailure => Error.IsError;

    /// <summary>Names the step as the operation of an exception.</summary>
    public string Describe(string type, string name) =>
        Step switch
        {
            AfAlgStep.Socket => "open a socket of family AF_ALG",
            AfAlgStep.Bind => $"bind {type} {name}",
            AfAlgStep.Key => $"set the key of {name}",
            AfAlgStep.KeySerial => $"set the key of {name} by serial number",
            AfAlgStep.TagLength => $"set the tag length of {name}",
            AfAlgStep.Accept => $"accept an operation of {name}",
            _ => $"size the buffers of {name}",
        };
}
