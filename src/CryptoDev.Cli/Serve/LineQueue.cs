namespace CryptoDev.Cli.Serve;

/// <summary>
/// Lines on their way to a stream that nobody may read: a thread of its own writes them. Who adds one never waits; where too many wait, the
/// newest are dropped, and a line in their place says how many.
/// </summary>
internal sealed class LineQueue
{
    /// <summary>How many lines wait at most.</summary>
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

    /// <summary>Takes a line, or counts it as dropped.</summary>
    public void Add(string line)
    {
        lock (_gate)
        {
            // One place is for the line that tells of those that were dropped.
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

    /// <summary>Lets what waits go out.</summary>
    /// <returns>False where that takes longer; the thread ends with the process then.</returns>
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
                // Who read the lines has gone; the clients of the device have not.
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
