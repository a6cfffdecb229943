using Spectre.Console;

namespace CryptoDev.Cli.Output;

/// <summary>Shows a progress bar on stderr during long work if stderr is a terminal. Otherwise shows nothing.</summary>
internal static class ProgressMeter
{
    /// <summary>Runs <paramref name="work"/>, which reports the fraction done from 0 to 1.</summary>
    public static void Run(CliConsole console, string title, Action<Action<double>> work)
    {
        if (!console.ErrorIsTerminal)
        {
            work(static _ => { });
            return;
        }

        IAnsiConsole ansi = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(console.Error),
                Ansi = AnsiSupport.Yes,
                ColorSystem = console.MayColour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.Yes,
            }
        );
        ansi.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(title), maxValue: 1);
                work(share => task.Value = share);
            });
    }
}
