using System.Buffers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Tls;

public sealed class BlockMemoryPoolTests
{
    [Fact]
    public void Blocks_are_16_kilobytes_and_used_again()
    {
        using MemoryPool<byte> pool = new BlockMemoryPool();
        var first = pool.Rent(100);
        Assert.Equal(16 * 1024, first.Memory.Length);
        first.Dispose();

        Assert.Same(first, pool.Rent());
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(16 * 1024 + 1));
    }

    [Fact]
    public void A_block_given_back_twice_is_lent_once()
    {
        using var pool = new BlockMemoryPool();
        var block = pool.Rent();
        block.Dispose();
        block.Dispose();

        Assert.NotSame(pool.Rent(), pool.Rent());
    }

    [Fact]
    public void Kestrel_gets_our_factory_from_both_builders()
    {
        foreach (var builder in new[] { WebApplication.CreateBuilder(), WebApplication.CreateSlimBuilder() })
        {
            builder.Services.AddModusTls();
            using var app = (IDisposable)builder.Build();

            Assert.IsType<BlockMemoryPoolFactory>(((WebApplication)app).Services.GetRequiredService<IMemoryPoolFactory<byte>>());
        }
    }
}
