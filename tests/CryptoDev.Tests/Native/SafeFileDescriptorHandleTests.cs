using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Native;

public sealed class SafeFileDescriptorHandleTests
{
    [Fact]
    public void A_descriptor_is_close_on_exec_and_closed_by_dispose()
    {
        SafeFileDescriptorHandle handle = SafeFileDescriptorHandle.OpenFile("/dev/null", LibC.O_RDWR, out Errno error)!;
        int fd = handle.Descriptor;

        error.IsError.Should().BeFalse();
        LibC.fcntl(fd, LibC.F_GETFD, 0).Should().Be(LibC.FD_CLOEXEC);
        File.Exists($"/proc/self/fd/{fd}").Should().BeTrue();
        handle.Dispose();
        handle.IsClosed.Should().BeTrue();
    }

    [Fact]
    public void A_socket_is_close_on_exec()
    {
        using SafeFileDescriptorHandle handle = SafeFileDescriptorHandle.OpenSocket(LibC.AF_UNIX, LibC.SOCK_STREAM, 0, out _)!;

        LibC.fcntl(handle.Descriptor, LibC.F_GETFD, 0).Should().Be(LibC.FD_CLOEXEC);
    }

    [Fact]
    public void A_refusal_gives_the_reason_and_no_handle()
    {
        SafeFileDescriptorHandle.OpenFile("/no/such/file", LibC.O_RDONLY, out Errno error).Should().BeNull();

        error.Number.Should().Be(LibC.ENOENT);
        error.ToString().Should().Be("ENOENT (2): No such file or directory");
    }

    [Fact]
    public void An_unknown_error_number_has_a_name_too()
    {
        new Errno(4711).Name.Should().Be("errno 4711");
        new Errno(41).Name.Should().Be("errno 41", "Linux left a hole there");
    }
}
