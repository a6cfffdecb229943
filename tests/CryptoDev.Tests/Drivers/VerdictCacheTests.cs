using CryptoDev.Drivers;
using CryptoDev.Native;
using CryptoDev.Tests.Framework;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Drivers;

public sealed class VerdictCacheTests
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(1);

    private readonly ManualClock _clock = new();
    private readonly VerdictCache<string, string> _cache;

    public VerdictCacheTests() => _cache = new VerdictCache<string, string>(_clock);

    [Fact]
    public void What_works_stands_until_it_is_forgotten()
    {
        Recall("cbc").Should().BeNull("nobody has asked");
        _cache.Remember("cbc", "a card");
        _clock.Advance(TimeSpan.FromDays(1000));
        Recall("cbc").Should().Be(("a card", true));
        Recall("ctr").Should().BeNull();
        _cache.Forget("cbc");
        Recall("cbc").Should().BeNull();
    }

    [Fact]
    public void A_refusal_stands_for_five_seconds()
    {
        _cache.RememberRefusal("cbc", "no such", LibC.ENOENT);
        _clock.Advance(TimeSpan.FromSeconds(5) - s_moment);
        Recall("cbc").Should().Be(("no such", false));
        _clock.Advance(s_moment);
        Recall("cbc").Should().BeNull();
        _cache.Remember("cbc", "loaded meanwhile");
        Recall("cbc").Should().Be(("loaded meanwhile", true));
    }

    [Theory]
    [InlineData(LibC.EMFILE)]
    [InlineData(LibC.ENFILE)]
    [InlineData(LibC.ENOMEM)]
    [InlineData(LibC.ENOBUFS)]
    [InlineData(LibC.EAGAIN)]
    [InlineData(LibC.EDQUOT)]
    public void A_refusal_for_want_of_what_comes_and_goes_is_not_kept_and_unseats_what_was(int errno)
    {
        _cache.Remember("cbc", "a card");
        _cache.RememberRefusal("cbc", "not now", errno);
        Recall("cbc").Should().BeNull();
    }

    [Fact]
    public void A_refusal_takes_the_place_of_what_worked_and_the_other_way_round()
    {
        _cache.Remember("cbc", "a card");
        _cache.RememberRefusal("cbc", "pulled", LibC.ENODEV);
        Recall("cbc").Should().Be(("pulled", false));
        _cache.Remember("cbc", "back");
        Recall("cbc").Should().Be(("back", true));
    }

    [Fact]
    public void Many_threads_see_whole_findings()
    {
        Parallel.For(
            0,
            8,
            thread =>
            {
                for (int i = 0; i < 20_000; i++)
                {
                    switch ((i + thread) % 4)
                    {
                        case 0:
                            _cache.Remember("key", "works");
                            break;
                        case 1:
                            _cache.RememberRefusal("key", "refused", LibC.ENOENT);
                            break;
                        case 2:
                            _cache.Forget("key");
                            break;
                        default:
                            if (Recall("key") is { } seen)
                            {
                                seen.Works.Should().Be(seen.Finding == "works");
                            }

                            break;
                    }
                }
            }
        );
    }

    private (string? Finding, bool Works)? Recall(string key) =>
        _cache.TryRecall(key, out string? finding, out bool works) ? (finding, works) : null;
}
