namespace Modus.EndToEnd.Tests.Autoconfiguration;

/// <summary>Mail programs in Python: each reads one kind of document with Python's own parsers, and logs in everywhere it names.</summary>
internal static class MailPrograms
{
    /// <summary>Logs in by settings that a reader below gave, in TLS that is checked. Names of the tests are on this machine.</summary>
    private const string LogIn = """
        import imaplib, poplib, smtplib, socket, ssl, sys
        document, authority, address, password = sys.argv[1:5]
        look_up = socket.getaddrinfo
        socket.getaddrinfo = lambda host, *rest, **more: look_up('127.0.0.1' if host.endswith('.test') else host, *rest, **more)
        trust = ssl.create_default_context(cafile=authority)

        def log_in(protocol, host, port, implicit, user):
            if protocol == 'imap':
                session = imaplib.IMAP4_SSL(host, port, ssl_context=trust) if implicit else imaplib.IMAP4(host, port)
                if not implicit: session.starttls(trust)
                session.login(user, password)
                session.select()
                session.logout()
            elif protocol == 'pop3':
                session = poplib.POP3_SSL(host, port, context=trust) if implicit else poplib.POP3(host, port)
                if not implicit: session.stls(trust)
                session.user(user)
                session.pass_(password)
                session.quit()
            else:
                session = smtplib.SMTP_SSL(host, port, context=trust) if implicit else smtplib.SMTP(host, port)
                if not implicit: session.starttls(context=trust)
                session.login(user, password)
                session.sendmail(address, [address], 'Subject: set up\r\n\r\nHello.\r\n')
                session.quit()
            print(protocol, 'implicit' if implicit else 'starttls', port)

        """;

    public const string Mozilla = LogIn + """
        import xml.etree.ElementTree as xml
        provider = xml.parse(document).getroot().find('emailProvider')
        for server in provider.findall('incomingServer') + provider.findall('outgoingServer'):
            text = lambda name: server.find(name).text
            assert text('authentication') == 'password-cleartext'
            log_in(server.get('type'), text('hostname'), int(text('port')), text('socketType') == 'SSL', text('username').replace('%EMAILADDRESS%', address))
        """;

    public const string Outlook = LogIn + """
        import xml.etree.ElementTree as xml
        name = lambda word: '{http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a}' + word
        for server in xml.parse(document).getroot().iter(name('Protocol')):
            text = lambda word: server.find(name(word)).text
            assert (text('SSL'), text('SPA'), text('AuthRequired')) == ('on', 'off', 'on')
            log_in(text('Type').lower(), text('Server'), int(text('Port')), text('Encryption') == 'SSL', text('LoginName'))
        """;

    /// <summary>Reads a profile that has one account, and logs in both ways.</summary>
    public const string Apple = LogIn + """
        import plistlib
        with open(document, 'rb') as file: profile = plistlib.load(file)
        assert (profile['PayloadType'], profile['PayloadVersion']) == ('Configuration', 1)
        account, = profile['PayloadContent']
        assert account['PayloadType'] == 'com.apple.mail.managed' and account['EmailAddress'] == address
        assert profile['PayloadIdentifier'] != account['PayloadIdentifier'] and profile['PayloadUUID'] != account['PayloadUUID']
        for side, protocol in [('Incoming', {'EmailTypeIMAP': 'imap', 'EmailTypePOP': 'pop3'}[account['EmailAccountType']]), ('Outgoing', 'smtp')]:
            part = lambda word: account[side + 'MailServer' + word]
            assert part('Authentication') == 'EmailAuthPassword' and part('UseSSL') is True
            log_in(protocol, part('HostName'), part('PortNumber'), True, part('Username'))
        """;
}
