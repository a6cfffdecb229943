using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using CryptoDev.Cli.Commands;
using CryptoDev.Cli.Names;
using CryptoDev.Cli.Streams;

namespace CryptoDev.Cli;

/// <summary>The command: parses the arguments, runs one subcommand, and turns every failure into one sentence and an exit code.</summary>
internal sealed class CliApplication
{
    private const string Description =
        "Cryptography by the kernel, a crypto card or libcrypto, through one API (BSD /dev/crypto), telling which one ran.";

    private readonly CliConsole _console;

    public CliApplication(CliConsole console) => _console = console;

    public int Run(IReadOnlyList<string> arguments, CancellationToken stop = default) => Run(() => arguments, stop);

    /// <summary>Runs with the arguments of this process, whose bytes may be no UTF-8.</summary>
    public int RunProcess(string[] arguments, CancellationToken stop) => Run(() => ProcessArguments.OfProcess(arguments), stop);

    private int Run(Func<IReadOnlyList<string>> arguments, CancellationToken stop)
    {
        try
        {
            int exitCode = Invoke(arguments(), stop);
            _console.Finish();
            return exitCode;
        }
        catch (Exception error)
        {
            (int exitCode, string? sentence) = ErrorText.Of(error);
            if (sentence is not null)
            {
                _console.Complain(sentence);
            }

            return exitCode;
        }
    }

    private int Invoke(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        // Here '@' marks files with key bytes. The parser must not read them as response files.
        ParseResult parsed = Build(stop).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if ((OptionWords.Wrong(parsed, arguments) ?? (parsed.Errors.Count > 0 ? ParseErrorText.Of(parsed) : null)) is { } wrong)
        {
            throw CliException.Usage(
                $"{wrong} See 'cryptodev {string.Concat(ParseErrorText.Names(parsed).Select(name => name + " "))}--help'."
            );
        }

        if (_console.Output is ClosedStream closed && !EncCommand.WritesToFile(parsed))
        {
            throw closed.Closed();
        }

        return parsed.Invoke(
            new InvocationConfiguration
            {
                Output = _console.Out,
                Error = _console.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            }
        );
    }

    private RootCommand Build(CancellationToken stop)
    {
        RootCommand root = new(Description) { HelpName = "cryptodev" };
        Command[] commands =
        [
            CheckCommand.Create(_console, stop),
            DoctorCommand.Create(_console),
            DriversCommand.Create(_console),
            DgstCommand.Create(_console, stop),
            EncCommand.Create(_console, stop),
            KeyCommand.Create(_console, stop),
            RngCommand.Create(_console, stop),
            SpeedCommand.Create(_console, stop),
            AbiCommand.Create(_console),
            ServeCommand.Create(_console, stop),
        ];
        foreach (Command command in commands)
        {
            root.Add(command);
        }

        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExitCodes((HelpAction)help.Action!);
        VersionOption version = root.Options.OfType<VersionOption>().Single();
        version.Action = new VersionAction();
        return root;
    }

    private sealed class HelpWithExitCodes(HelpAction inner) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            int exitCode = inner.Invoke(parseResult);
            if (parseResult.CommandResult.Command is RootCommand)
            {
                TextWriter output = parseResult.InvocationConfiguration.Output;
                output.WriteLine("Exit codes:");
                foreach ((int code, string meaning) in ExitCode.Table)
                {
                    output.WriteLine($"  {code, -4}{meaning}");
                }

                output.WriteLine();
            }

            return exitCode;
        }
    }

    private sealed class VersionAction : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(
                $"cryptodev {typeof(CliApplication).Assembly.GetName().Version?.ToString(3)}"
            );
            return ExitCode.Fine;
        }
    }
}
