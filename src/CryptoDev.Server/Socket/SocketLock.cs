using System.Globalization;
using System.Text;
using CryptoDev.Native;
using Microsoft.Win32.SafeHandles;

namespace CryptoDev.Server.Socket;

/// <summary>
/// The lock of a socket's path: a file <c>NAME.lock</c> next to the socket. The server holds a lock on it while it runs, and the file
/// contains the server's process id.
/// </summary>
internal sealed class SocketLock : IDisposable
{
    private const int Attempts = 16;
    private const int LongestNumber = 16;

    private readonly SafeFileDescriptorHandle _folder;
    private readonly string _name;
    private readonly SafeFileDescriptorHandle _file;

    private SocketLock(SafeFileDescriptorHandle folder, string name, SafeFileDescriptorHandle file)
    {
        _folder = folder;
        _name = name;
        _file = file;
    }

    /// <summary>Takes the lock for a path in an open folder. The folder must outlive the lock.</summary>
    /// <exception cref="FrontEndException">
    /// Another server holds the lock (the message says which one), or the name belongs to something that is not a lock file.
    /// </exception>
    public static SocketLock Take(SafeFileDescriptorHandle folder, string path)
    {
        string name = Path.GetFileName(path) + ".lock";
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (Open(folder, name, path) is not { } file)
            {
                continue;
            }

            if (LibC.flock(file.Descriptor, LibC.LOCK_EX | LibC.LOCK_NB) != 0)
            {
                int holder = Read(file);
                file.Dispose();
                string who = holder > 0 ? string.Create(CultureInfo.InvariantCulture, $"process {holder}") : "another server";
                throw Failed(path, $"it is in use: {who} serves it; end that one, or serve another path");
            }

            // If a server that has just ended removed the file, our lock is on a file that nobody else can find. Then try again.
            if (FolderEntry.TryLook(folder, name, out FileIdentity named, out _) && IsAt(file, named))
            {
                Write(file);
                return new SocketLock(folder, name, file);
            }

            file.Dispose();
        }

        throw Failed(path, $"its lock file {name} comes and goes");
    }

    /// <summary>Removes the file first and then releases the lock.</summary>
    public void Dispose()
    {
        if (FolderEntry.TryLook(_folder, _name, out FileIdentity named, out _) && IsAt(_file, named))
        {
            _ = LibC.unlinkat(_folder.Descriptor, _name, 0);
        }

        _file.Dispose();
    }

    // Null: the file changed meanwhile.
    private static SafeFileDescriptorHandle? Open(SafeFileDescriptorHandle folder, string name, string path)
    {
        const int Flags = LibC.O_RDWR | LibC.O_NONBLOCK | LibC.O_CLOEXEC;
        int made = LibC.openat(folder.Descriptor, name, Flags | LibC.O_CREAT | LibC.O_EXCL, Convert.ToUInt32("600", 8));
        if (made >= 0)
        {
            return new SafeFileDescriptorHandle(made);
        }

        Errno error = Errno.Last();
        if (error.Number != LibC.EEXIST)
        {
            throw Failed(path, $"lock file {name}: {error}");
        }

        if (!FolderEntry.TryLook(folder, name, out FileIdentity named, out _))
        {
            return null;
        }

        // Do not open anything but a regular file of ours, and never write to it. In a folder of another user it may be anything.
        if (!named.IsRegular || named.Owner != LibC.geteuid() || named.Links != 1 || named.Size > LongestNumber)
        {
            throw Failed(path, $"{name} beside it is no lock file of this user; remove it, or serve another path");
        }

        int opened = LibC.openat(folder.Descriptor, name, Flags, 0);
        if (opened < 0)
        {
            return null;
        }

        SafeFileDescriptorHandle file = new(opened);
        if (IsAt(file, named))
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    private static bool IsAt(SafeFileDescriptorHandle file, in FileIdentity named) =>
        FolderEntry.TryLook(file, "", out FileIdentity itself, out _) && itself.IsSame(named);

    private static int Read(SafeFileDescriptorHandle file)
    {
        Span<byte> text = stackalloc byte[LongestNumber];
        using SafeFileHandle borrowed = new(file.Descriptor, ownsHandle: false);
        int length = RandomAccess.Read(borrowed, text, 0);
        string number = Encoding.ASCII.GetString(text[..length]).TrimEnd();
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int process) ? process : 0;
    }

    private static void Write(SafeFileDescriptorHandle file)
    {
        using SafeFileHandle borrowed = new(file.Descriptor, ownsHandle: false);
        RandomAccess.SetLength(borrowed, 0);
        RandomAccess.Write(borrowed, Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"), 0);
    }

    private static FrontEndException Failed(string path, string reason) =>
        new(FrontEndFailure.InputOutput, $"{path} cannot be served: {reason}.");
}
