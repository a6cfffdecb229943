namespace CryptoDev.Cli.Output;

/// <summary>The output of <c>drivers --json</c>.</summary>
internal sealed record DriversDocument(IReadOnlyList<DriverRow> Drivers);

/// <summary>One driver.</summary>
internal sealed record DriverRow(
    string Name,
    string Rung,
    string Kind,
    string? Implementation,
    string? KernelDriver,
    string? KernelAlgorithm,
    string? Module,
    int? Priority,
    string? PciAddress,
    bool InProcess,
    IReadOnlyList<string> Algorithms
);

/// <summary>The output of <c>doctor --json</c>.</summary>
internal sealed record DoctorDocument(
    IReadOnlyList<RungRow> Rungs,
    IReadOnlyList<AvailabilityRow> Algorithms,
    IReadOnlyList<KeyFeatureRow> KeyOperations,
    IReadOnlyList<string> Notes
);

/// <summary>One rung, with the number of algorithms it serves and the number of all.</summary>
internal sealed record RungRow(string Rung, bool Available, int Served, int Total, string? Reason, string? Cure);

/// <summary>One rung with one algorithm.</summary>
internal sealed record AvailabilityRow(
    string Driver,
    string Algorithm,
    bool Available,
    string? Kind,
    string? KernelDriver,
    string? Reason,
    string? Cure
);

/// <summary>The output of <c>check --json</c>.</summary>
internal sealed record CheckDocument(
    ulong Seed,
    double Seconds,
    bool Agree,
    IReadOnlyList<CheckRow> Pairs,
    IReadOnlyList<KeyCheckRow> KeyOperations,
    IReadOnlyList<RungRow> Rungs,
    IReadOnlyList<AvailabilityRow> Absent,
    IReadOnlyList<KeyFeatureRow> AbsentKeyOperations,
    IReadOnlyList<string> Notes
);

/// <summary>One driver with one algorithm: what ran, and whether the results were right.</summary>
internal sealed record CheckRow(
    string Driver,
    string Algorithm,
    string? Kind,
    string? KernelDriver,
    string? PciAddress,
    int KnownAnswers,
    long Messages,
    long Bytes,
    string Reference,
    string Verdict,
    string? Detail
);

/// <summary>One driver with one key operation: what ran, and whether the results were right.</summary>
internal sealed record KeyCheckRow(
    string Driver,
    string Operation,
    string? Kind,
    string? KernelDriver,
    string? PciAddress,
    int KnownAnswers,
    long Operations,
    string Reference,
    string Verdict,
    string? Detail
);

/// <summary>The output of <c>speed --json</c>.</summary>
internal sealed record SpeedDocument(
    double SecondsPerMeasurement,
    IReadOnlyList<SpeedRow> Measurements,
    IReadOnlyList<KeySpeedRow> KeyMeasurements,
    IReadOnlyList<SpeedAbsence> Absent
);

/// <summary>One driver, algorithm and message size.</summary>
internal sealed record SpeedRow(
    string Driver,
    string Algorithm,
    string Kind,
    string? KernelDriver,
    int Size,
    long Operations,
    double OperationsPerSecond,
    double MegabytesPerSecond,
    double P50Microseconds,
    double P99Microseconds,
    double CpuShare
);

/// <summary>One driver and key operation, with a number of operations running at once.</summary>
internal sealed record KeySpeedRow(
    string Driver,
    string Algorithm,
    string Kind,
    string? KernelDriver,
    int Bits,
    int InFlight,
    long Operations,
    double OperationsPerSecond,
    double P50Microseconds,
    double P99Microseconds,
    double CpuShare
);

/// <summary>A measurement that could not be made.</summary>
internal sealed record SpeedAbsence(string Driver, string Algorithm, int? Size, string Reason);

/// <summary>The output of <c>abi --json</c>.</summary>
internal sealed record AbiDocument(
    string Dialect,
    int Bits,
    IReadOnlyList<AbiLine> Rows,
    IReadOnlyList<AbiNote> Notes,
    IReadOnlyList<AbiConstant> Constants
);

/// <summary>One field of an ioctl's struct, or of a struct that such a struct points to.</summary>
internal sealed record AbiLine(
    string Ioctl,
    string? Request,
    string Struct,
    int StructSize,
    string? Field,
    string Type,
    int Offset,
    int Size
);

/// <summary>A note about an ioctl.</summary>
internal sealed record AbiNote(string Ioctl, string Note);

/// <summary>One number of the header.</summary>
internal sealed record AbiConstant(string Name, uint Value);

/// <summary>The output of an operation of <c>key --json</c>. The numbers are in hex, by name.</summary>
internal sealed record KeyDocument(
    string Operation,
    string? Driver,
    string? Kind,
    bool Valid,
    IReadOnlyDictionary<string, string> Numbers,
    IReadOnlyList<KeyPassedOver> PassedOver
);

/// <summary>A driver that was not used.</summary>
internal sealed record KeyPassedOver(string Driver, string Reason);

/// <summary>The output of <c>key features --json</c>. Bit n of the mask is operation n.</summary>
internal sealed record KeyFeaturesDocument(int Mask, IReadOnlyList<KeyFeatureRow> Operations);

/// <summary>One driver with one operation.</summary>
internal sealed record KeyFeatureRow(
    string Driver,
    string Operation,
    bool Available,
    bool Default,
    string? Kind,
    string? Reason,
    string? Cure
);
