using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace CryptoDev.Analyzers;

/// <summary>
/// Reports arguments of CryptOp's factories in another type's order: spans are all alike, so the compiler takes a tag for associated data.
/// CDEV0001 is a call that compiles, CDEV0002 one that the compiler refuses without saying what is there instead.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ArgumentOrderAnalyzer : DiagnosticAnalyzer
{
    private const string Help = "See docs/aead.md";

    private static readonly DiagnosticDescriptor s_order = new(
        "CDEV0001",
        "An argument stands where another one belongs",
        "'{0}' is given as {1}, and its name says that it is {2}; the order is {3}",
        "Usage",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "The arguments of Seal and Open are those of AesGcm.Encrypt and AesGcm.Decrypt, in their order. Encrypt and Decrypt "
            + "are for ciphers without a tag and take source, destination and IV. A tag that is given as associated data is lost: it is "
            + "authenticated and never written. Give the arguments in the order of the factory, or by name; if the name misleads, rename "
            + $"the variable. {Help}."
    );

    private static readonly DiagnosticDescriptor s_noTag = new(
        "CDEV0002",
        "Encrypt and Decrypt take no tag and no associated data",
        "CryptOp.{0} is for ciphers without a tag; with a tag it is {1}, with the tag behind the ciphertext {2}",
        "Usage",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Before 0.1 CryptOp.Encrypt took source, destination, IV, associated data and tag. Seal and Open take them in the "
            + $"order of AesGcm. {Help}."
    );

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [s_order, s_noTag];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (start.Compilation.GetTypeByMetadataName("CryptoDev.CryptOp") is { } type)
            {
                start.RegisterOperationAction(call => CheckOrder(call, type), OperationKind.Invocation);
                start.RegisterSyntaxNodeAction(call => CheckRefused(call, type), SyntaxKind.InvocationExpression);
            }
        });
    }

    private static void CheckOrder(OperationAnalysisContext context, INamedTypeSymbol type)
    {
        IInvocationOperation call = (IInvocationOperation)context.Operation;
        if (
            !RoleTable.Factories.Contains(call.TargetMethod.Name)
            || !SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, type)
        )
        {
            return;
        }

        ImmutableArray<(IArgumentOperation Argument, ArgumentRole Place, NamedArgument Given)> rows =
        [
            .. call.Arguments.Select(one => (one, RoleTable.OfParameter(one.Parameter!.Name), NamedArgument.Of(one.Value))),
        ];
        foreach ((IArgumentOperation argument, ArgumentRole place, NamedArgument given) in rows)
        {
            if (given.Role == ArgumentRole.Unknown || given.Role == place)
            {
                continue;
            }

            // Where the role of the name is filled by arguments that say so themselves, this one is another of its kind, put there on
            // purpose: an earlier tag as associated data. Without an IV, a cipher takes any block, a nonce too.
            bool isFilled =
                rows.Any(row => row.Place == given.Role)
                && rows.Where(row => row.Place == given.Role)
                    .All(row =>
                        row.Given.Role == given.Role
                        || (given.Role == ArgumentRole.Nonce && row.Argument.ArgumentKind == ArgumentKind.DefaultValue)
                    );

            // A MAC over an IV takes it as associated data.
            bool isIvUnderTag = given.Role == ArgumentRole.Nonce && place == ArgumentRole.AssociatedData;
            if (!isFilled && !isIvUnderTag)
            {
                context.ReportDiagnostic(
                    Diagnostic.Create(
                        s_order,
                        argument.Syntax.GetLocation(),
                        given.Name,
                        argument.Parameter!.Name,
                        RoleTable.Describe(given.Role),
                        $"{call.TargetMethod.Name}({string.Join(", ", call.TargetMethod.Parameters.Select(one => one.Name))})"
                    )
                );
            }
        }
    }

    private static void CheckRefused(SyntaxNodeAnalysisContext context, INamedTypeSymbol type)
    {
        InvocationExpressionSyntax call = (InvocationExpressionSyntax)context.Node;
        SymbolInfo found = context.SemanticModel.GetSymbolInfo(call, context.CancellationToken);
        if (
            found.Symbol is null
            && found.CandidateSymbols.FirstOrDefault() is IMethodSymbol { Name: "Encrypt" or "Decrypt" } method
            && SymbolEqualityComparer.Default.Equals(method.ContainingType, type)
            && (call.ArgumentList.Arguments.Count > method.Parameters.Length || call.ArgumentList.Arguments.Any(NamesWhatIsNot))
        )
        {
            bool encrypts = method.Name == "Encrypt";
            context.ReportDiagnostic(
                Diagnostic.Create(
                    s_noTag,
                    call.GetLocation(),
                    method.Name,
                    encrypts
                        ? "Seal(nonce, plaintext, ciphertext, tag, associatedData)"
                        : "Open(nonce, ciphertext, tag, plaintext, associatedData)",
                    encrypts
                        ? "SealAttached(nonce, plaintext, ciphertextAndTag, associatedData)"
                        : "OpenAttached(nonce, ciphertextAndTag, plaintext, associatedData)"
                )
            );
        }
    }

    private static bool NamesWhatIsNot(ArgumentSyntax argument) =>
        argument.NameColon?.Name.Identifier.ValueText is "tag" or "associatedData";
}
