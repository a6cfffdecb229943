namespace CryptoDev.Cli.Serve;

/// <summary>
/// A queue of lines for a stream that may not be read. A thread of its own writes them. Adding a line never blocks. If too many lines wait,
/// the newest are dropped, and a line in their place tells their number.
/// </summary>
internal sealed class LineQueue
{
    /// <summary>The maximum number of waiting lines.</summary>
    public const int Most = 4096;

    private readonly TextWriter _output;
    private readonly object _gate = new();
    private readonly Queue<string> _lines = [];
    private readonly Thread _thread;
    private long _dropped;
    private bool _ended;

    public LineQueue(TextWriter output)
    {
        _output = output;
        _thread = new Thread(Write) { IsBackground = true, Name = "cryptodev lines" };
        _thread.Start();
    }

    /// <summary>Adds a line, or counts it as dropped.</summary>
    public void Add(string line)
    {
        lock (_gate)
        {
            // One place is reserved for the line with the number of dropped lines.
            if (_lines.Count >= Most - 1)
            {
                _dropped++;
                return;
            }

            TellDropped();
            _lines.Enqueue(line);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Writes the waiting lines.</summary>
    /// <returns>False if that takes longer. The thread then ends with the process.</returns>
    public bool Finish(TimeSpan patience)
    {
        lock (_gate)
        {
            TellDropped();
            _ended = true;
            Monitor.Pulse(_gate);
        }

        return _thread.Join(patience);
    }

    private void TellDropped()
    {
        if (_dropped != 0)
        {
            _lines.Enqueue($"cryptodev: {_dropped} lines dropped: whoever reads them is too slow");
            _dropped = 0;
        }
    }

    private void Write()
    {
        while (Next() is { } line)
        {
            try
            {
                _output.WriteLine(line);
            }
            catch (IOException)
            {
                // The reader of the lines is gone, but the clients of the device are not.
            }
        }
    }

    private string? Next()
    {
        lock (_gate)
        {
            while (_lines.Count == 0)
            {
                if (_ended)
                {
                    return null;
                }

                Monitor.Wait(_gate);
            }

            string line = _lines.Dequeue();
            if (_lines.Count == 0)
            {
                TellDropped();
            }

            return line;
        }
    }
}
