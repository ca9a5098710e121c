using Microsoft.Extensions.Logging;
using Modus.Mail.Addresses;

namespace Modus.Delivery;

/// <summary>What the delivery room says.</summary>
internal static partial class DeliveryLog
{
    [LoggerMessage(6000, LogLevel.Warning, "{Address} is refused: its aliases become more than {Most} addresses; make them fewer")]
    public static partial void TooManyTargets(ILogger log, EmailAddress address, int most);
}
