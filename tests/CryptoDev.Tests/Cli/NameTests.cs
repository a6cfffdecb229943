using System.Text;
using CryptoDev.Cli;
using CryptoDev.Cli.Input;
using CryptoDev.Cli.Names;
using CryptoDev.Cli.Streams;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Cli;

/// <summary>Names are bytes: on the way from the command line, through text, to messages and lists.</summary>
public sealed class NameTests
{
    [Fact]
    public void Text_keeps_every_byte()
    {
        Random random = new(11);
        byte[] alphabet = [.. "aé€😀\u0301"u8, 0x7f, 0x80, 0xbf, 0xc0, 0xed, 0xa0, 0xf5, 0xff];
        for (int i = 0; i < 5000; i++)
        {
            byte[] bytes = [.. Enumerable.Range(0, random.Next(12)).Select(_ => alphabet[random.Next(alphabet.Length)])];
            string text = ByteText.FromBytes(bytes);
            ByteText.ToBytes(text).Should().Equal(bytes);
            ByteText.HasEscapes(text).Should().Be(!IsUtf8(bytes));

            // However the text is cut, the writer puts out the same bytes.
            using MemoryStream stream = new();
            using (ByteTextWriter writer = new(stream) { AutoFlush = true })
            {
                foreach (char character in text)
                {
                    writer.Write(character);
                }

                writer.Flush();
            }

            stream.ToArray().Should().Equal(bytes);
        }
    }

    [Fact]
    public void Two_names_that_the_runtime_makes_one_stay_two()
    {
        string[] given = ["dgst", "n\ufffd", "n\ufffd", ""];
        byte[] line = [.. "dotnet\0exec\0X.dll\0dgst\0n"u8, 0xff, 0, .. "n\ufffd\0\0"u8];
        IReadOnlyList<string> arguments = ProcessArguments.Match(given, line);
        arguments
            .Select(argument => ByteText.ToBytes(argument))
            .Should()
            .BeEquivalentTo(
                new byte[][] { [.. "dgst"u8], [(byte)'n', 0xff], [.. "n\ufffd"u8], [] },
                options => options.WithStrictOrdering()
            );
    }

    [Theory]
    [InlineData("")]
    [InlineData("other\0")]
    [InlineData("cryptodev\0dgst\0m\0")]
    public void A_command_line_that_is_not_this_ones_is_refused(string line)
    {
        Action act = () => ProcessArguments.Match(["dgst", "n\ufffd"], Encoding.UTF8.GetBytes(line));
        act.Should().Throw<CliException>().Which.ExitCode.Should().Be(ExitCode.Usage);
    }

    [Theory]
    [InlineData("plain/na-me_1.0,@+%é", "plain/na-me_1.0,@+%é")]
    [InlineData("", "''")]
    [InlineData("a b", "'a b'")]
    [InlineData("a:b", "'a:b'")]
    [InlineData("a$b", "'a$b'")]
    [InlineData("a\nb", "'a'$'\\n''b'")]
    [InlineData("a¤", "'a'$'\\377'")]
    [InlineData("\u001b[31m", "''$'\\033''[31m'")]
    [InlineData("~", "'~'")]
    public void Messages_show_names_as_a_shell_takes_them(string name, string shown) =>
        Quoted.Name(name.Replace('¤', '\udcff')).Should().Be(shown);

    [Fact]
    public void A_line_has_a_bound()
    {
        byte[] longest = Encoding.ASCII.GetBytes(new string('x', LineReader.Longest - 1) + "\nlast");
        LineReader reader = new(new MemoryStream(longest), "list");
        reader.Next().Should().HaveLength(LineReader.Longest - 1);
        reader.Next().Should().Be("last");
        reader.Number.Should().Be(2);
        reader.Next().Should().BeNull();
        Action act = () => new LineReader(new MemoryStream(new byte[LineReader.Longest]), "list").Next();
        act.Should().Throw<CliException>().WithMessage("list: line 1 is longer*").Which.ExitCode.Should().Be(ExitCode.InputOutput);
    }

    private static bool IsUtf8(byte[] bytes)
    {
        try
        {
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
