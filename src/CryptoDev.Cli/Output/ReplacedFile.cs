using System.Text;
using CryptoDev.Cli.Input;
using CryptoDev.Cli.Names;
using CryptoDev.Native;

namespace CryptoDev.Cli.Output;

/// <summary>
/// A file that is written under a temporary name in its folder, and takes the place of the one that has its name when it is complete. It
/// gets that one's owner, group and mode. Where it could not take the place, that is said before anything is read.
/// </summary>
internal sealed class ReplacedFile : IDisposable
{
    // Both are octal in C: rw for the owner, and rw for all less what umask takes.
    private const uint OwnersOnly = 384;
    private const uint WhatUmaskLeaves = 438;
    private const ushort ModeBits = 4095;

    /// <summary>Redirecting is the shell's way to write in place.</summary>
    private const string InPlace = "leave --out away and redirect the standard output to it, which writes into it as it is";

    private readonly UnfinishedFiles _unfinished;
    private readonly OutputPlace _place;
    private readonly SafeFileDescriptorHandle _folder;
    private readonly byte[] _temporary;
    private bool _isDone;

    private ReplacedFile(UnfinishedFiles unfinished, OutputPlace place, SafeFileDescriptorHandle folder, byte[] temporary)
    {
        _unfinished = unfinished;
        _place = place;
        _folder = folder;
        _temporary = temporary;
        unfinished.Add(folder, temporary);
        SafeFileDescriptorHandle? file = ByteFile.Open(
            folder,
            temporary,
            LibC.O_WRONLY | LibC.O_CREAT | LibC.O_EXCL,
            place.Existing is null ? WhatUmaskLeaves : OwnersOnly,
            out Errno error
        );
        if (file is null)
        {
            unfinished.Forget(temporary);
            folder.Dispose();
            throw error.Number is LibC.EACCES or LibC.EPERM or LibC.EROFS && place.Existing is not null
                ? Refused($"its folder cannot be written ({error.Text}), so nothing can take its place", InPlace)
                : InputFile.Failed(place.Path, error);
        }

        Handle = file;
    }

    /// <summary>The file to write to.</summary>
    public SafeFileDescriptorHandle Handle { get; }

    public static ReplacedFile Begin(UnfinishedFiles unfinished, OutputPlace place)
    {
        if (place.Existing is { } existing)
        {
            CheckReplaceable(place, existing);
        }

        SafeFileDescriptorHandle folder =
            ByteFile.Open(null, place.Folder, LibC.O_PATH, 0, out Errno error) ?? throw InputFile.Failed(place.Path, error);
        byte[] temporary = [.. Encoding.ASCII.GetBytes($".cryptodev-{Guid.NewGuid():N}.tmp"), 0];
        ReplacedFile file = new(unfinished, place, folder, temporary);
        try
        {
            file.TakeOver();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Stores it on the disk and gives it its name.</summary>
    public void Complete()
    {
        // Before the rename: some file systems may keep the new name and lose the content after a crash. A full disk may show only here.
        Check(ByteFile.Sync(Handle));
        Errno error = ByteFile.Rename(_folder, _temporary, _place.Name);
        if (error.Number is LibC.EBUSY or LibC.EXDEV)
        {
            throw MountPoint(_place);
        }

        Check(error);
        _isDone = true;
        _unfinished.Forget(_temporary);
    }

    public void Dispose()
    {
        if (!_isDone)
        {
            _isDone = true;
            _ = ByteFile.Remove(_folder, _temporary);
            _unfinished.Forget(_temporary);
        }

        Handle.Dispose();
        _folder.Dispose();
    }

    /// <summary>Who may not write to a file may not replace it either, whatever the rights of its folder.</summary>
    private static void CheckReplaceable(OutputPlace place, in statx existing)
    {
        using SafeFileDescriptorHandle? file = ByteFile.Open(null, place.WholeName, LibC.O_WRONLY, 0, out Errno error);
        if (file is null)
        {
            throw InputFile.Failed(place.Path, error);
        }

        if ((existing.stx_attributes & existing.stx_attributes_mask & LibC.STATX_ATTR_MOUNT_ROOT) != 0)
        {
            throw MountPoint(place);
        }
    }

    private static CliException MountPoint(OutputPlace place) =>
        Refused(place, "something is mounted on it, so no other file can take its place", InPlace);

    private void TakeOver()
    {
        if (_place.Existing is not { } existing)
        {
            return;
        }

        if (!ByteFile.TryStatus(Handle, out statx made, out Errno error))
        {
            throw InputFile.Failed(_place.Path, error);
        }

        if (
            (made.stx_uid != existing.stx_uid || made.stx_gid != existing.stx_gid)
            && ByteFile.SetOwner(Handle, existing.stx_uid, existing.stx_gid) is { IsError: true } kept
        )
        {
            throw Refused(
                $"it belongs to user {existing.stx_uid}, group {existing.stx_gid}, "
                    + $"and no new file can be given to them ({kept.Text})",
                InPlace
            );
        }

        // After the owner: giving a file away takes bits of its mode.
        Check(ByteFile.SetMode(Handle, (uint)(existing.stx_mode & ModeBits)));
    }

    private CliException Refused(string reason, string cure) => Refused(_place, reason, cure);

    private static CliException Refused(OutputPlace place, string reason, string cure) =>
        new(ExitCode.InputOutput, $"{Quoted.Name(place.Path)}: {reason}; {cure}");

    private void Check(Errno error)
    {
        if (error.IsError)
        {
            throw InputFile.Failed(_place.Path, error);
        }
    }
}
