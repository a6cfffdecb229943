using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CryptoDev.Native;

namespace CryptoDev.Server.Socket;

/// <summary>
/// A listening socket and its name in the file system. The socket is created in a private folder, gets its mode and group there, and is
/// then linked to its name. So the owner of the outer folder cannot redirect the chmod to another file. A lock file next to the socket
/// keeps a second server away. Only files that were created here are removed at the end.
/// </summary>
internal sealed class SocketPath : IDisposable
{
    private const string MadeName = "socket";
    private const string FoundName = "found";
    private const int Attempts = 8;

    private readonly string _path;
    private readonly string _name;
    private readonly SafeFileDescriptorHandle _folder;
    private readonly SocketLock _lock;
    private FileIdentity _made;
    private bool _removed;

    private SocketPath(string path, SafeFileDescriptorHandle folder, SocketLock held)
    {
        _path = path;
        _name = Path.GetFileName(path);
        _folder = folder;
        _lock = held;
    }

    /// <summary>The listening socket.</summary>
    public SafeFileDescriptorHandle Listener { get; private set; } = null!;

    /// <summary>Listens at a path. A socket that a dead server left is replaced. Any other file at the path is an error.</summary>
    /// <exception cref="FrontEndException">Listening is not possible. The message says why.</exception>
    public static SocketPath Listen(string path, int mode, uint? group)
    {
        int bytes = Encoding.UTF8.GetByteCount(path);
        if (bytes is 0 or > LocalSocket.LongestPath || path.EndsWith('/'))
        {
            throw new FrontEndException(
                FrontEndFailure.Usage,
                $"a socket's path has 1 to {LocalSocket.LongestPath} bytes and ends with a name; '{path}' has {bytes}."
            );
        }

        string full = Path.GetFullPath(path);
        string parent = Path.GetDirectoryName(full)!;
        SafeFileDescriptorHandle folder =
            SafeFileDescriptorHandle.OpenFile(parent, LibC.O_PATH, out Errno error) ?? throw Failed(path, $"folder {parent}: {error}");
        SocketLock held;
        try
        {
            held = SocketLock.Take(folder, path);
        }
        catch
        {
            folder.Dispose();
            throw;
        }

        SocketPath made = new(full, folder, held);
        try
        {
            made.Make(mode, group);
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Removes the socket if it is still the one that was created here, and then the lock. A second call does nothing.</summary>
    public void Remove()
    {
        if (_removed)
        {
            return;
        }

        _removed = true;

        // The listener is still open, so no other file can have its inode number.
        if (
            Listener is not null
            && FolderEntry.TryLook(_folder, _name, out FileIdentity now, out _)
            && now.IsSame(_made)
            && LibC.unlinkat(_folder.Descriptor, _name, 0) != 0
        )
        {
            throw new FrontEndException(FrontEndFailure.InputOutput, $"{_path} cannot be removed: {Errno.Last()}.");
        }
    }

    public void Dispose()
    {
        Listener?.Dispose();
        _lock.Dispose();
        _folder.Dispose();
    }

    private void Make(int mode, uint? group)
    {
        string privateName = $".cryptodev-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        if (LibC.mkdirat(_folder.Descriptor, privateName, Convert.ToUInt32("700", 8)) != 0)
        {
            throw Failed(_path, Errno.Last().ToString());
        }

        try
        {
            using SafeFileDescriptorHandle folder =
                FolderEntry.OpenPrivate(_folder, privateName) ?? throw Failed(_path, "its folder was changed");
            try
            {
                Bind(folder, mode, group);
                Publish(folder);
            }
            finally
            {
                _ = LibC.unlinkat(folder.Descriptor, MadeName, 0);
            }
        }
        finally
        {
            // If another user has put something under that name, it stays, unless it is an empty folder.
            _ = LibC.unlinkat(_folder.Descriptor, privateName, LibC.AT_REMOVEDIR);
        }
    }

    private void Bind(SafeFileDescriptorHandle folder, int mode, uint? group)
    {
        Listener = LocalSocket.Listen(FolderEntry.PathOf(folder, MadeName), out Errno error) ?? throw Failed(_path, error.ToString());

        // Set the group first: until the permission bits are set, only the owner can connect.
        if (
            (group is { } number && LibC.fchownat(folder.Descriptor, MadeName, uint.MaxValue, number, LibC.AT_SYMLINK_NOFOLLOW) != 0)
            || LibC.fchmodat(folder.Descriptor, MadeName, (uint)mode, 0) != 0
        )
        {
            throw Failed(_path, $"its mode and group cannot be set: {Errno.Last()}");
        }

        if (!FolderEntry.TryLook(folder, MadeName, out _made, out error))
        {
            throw Failed(_path, error.ToString());
        }
    }

    // link(2) does not replace a file. So an existing file is first moved out and checked, and moved back if it is not ours to remove.
    private void Publish(SafeFileDescriptorHandle folder)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (LibC.linkat(folder.Descriptor, MadeName, _folder.Descriptor, _name, 0) == 0)
            {
                return;
            }

            Errno error = Errno.Last();
            if (error.Number != LibC.EEXIST)
            {
                throw Failed(_path, error.ToString());
            }

            RemoveStale(folder);
        }

        throw Failed(_path, "something else is put there again and again");
    }

    private void RemoveStale(SafeFileDescriptorHandle folder)
    {
        if (!FolderEntry.TryLook(_folder, _name, out FileIdentity found, out Errno error))
        {
            if (error.Number == LibC.ENOENT)
            {
                return;
            }

            throw Failed(_path, error.ToString());
        }

        if (!found.IsSocket)
        {
            throw Failed(_path, "a file is there that is no socket; remove it, or serve another path");
        }

        if (IsServed(out string? who))
        {
            throw Failed(_path, $"it is in use: {who} serves it; end that one, or serve another path");
        }

        if (LibC.renameat(_folder.Descriptor, _name, folder.Descriptor, FoundName) != 0)
        {
            return;
        }

        bool isStale = FolderEntry.TryLook(folder, FoundName, out FileIdentity moved, out _) && moved.IsSame(found);
        if (isStale || LibC.linkat(folder.Descriptor, FoundName, _folder.Descriptor, _name, 0) == 0)
        {
            _ = LibC.unlinkat(folder.Descriptor, FoundName, 0);
            return;
        }

        throw Failed(_path, "it was changed at the same time, and what was there is in the folder beside it");
    }

    private bool IsServed([NotNullWhen(true)] out string? who)
    {
        using SafeFileDescriptorHandle? other = LocalSocket.Connect(FolderEntry.PathOf(_folder, _name), out Errno error);
        who = other is null ? "another server" : Process(LocalSocket.Peer(other.Descriptor).pid);
        return other is not null || error.Number != LibC.ECONNREFUSED;
    }

    private static string Process(int id) => string.Create(CultureInfo.InvariantCulture, $"process {id}");

    private static FrontEndException Failed(string path, string reason) =>
        new(FrontEndFailure.InputOutput, $"{path} cannot be served: {reason}.");
}
