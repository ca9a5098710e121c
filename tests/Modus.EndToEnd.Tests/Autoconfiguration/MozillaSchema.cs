namespace Modus.EndToEnd.Tests.Autoconfiguration;

/// <summary>
/// Mozilla's configuration file as far as mail goes, in RELAX NG, written from draft-ietf-mailmaint-autoconfig and Mozilla's own description, for
/// xmllint. Stricter where the description lets programs guess: an account can be set up with what stands here.
/// </summary>
internal static class MozillaSchema
{
    public const string Text = """
        <grammar xmlns="http://relaxng.org/ns/structure/1.0" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
          <start>
            <element name="clientConfig">
              <attribute name="version"><value>1.1</value></attribute>
              <element name="emailProvider">
                <attribute name="id"><text/></attribute>
                <oneOrMore><element name="domain"><data type="string"><param name="pattern">[a-z0-9.-]+</param></data></element></oneOrMore>
                <element name="displayName"><text/></element>
                <optional><element name="displayShortName"><text/></element></optional>
                <oneOrMore>
                  <element name="incomingServer">
                    <attribute name="type"><choice><value>imap</value><value>pop3</value></choice></attribute>
                    <ref name="server"/>
                  </element>
                </oneOrMore>
                <oneOrMore>
                  <element name="outgoingServer">
                    <attribute name="type"><value>smtp</value></attribute>
                    <ref name="server"/>
                  </element>
                </oneOrMore>
              </element>
            </element>
          </start>
          <define name="server">
            <interleave>
              <element name="hostname"><data type="string"><param name="pattern">[a-z0-9.-]+</param></data></element>
              <element name="port"><data type="unsignedShort"><param name="minInclusive">1</param></data></element>
              <element name="socketType"><choice><value>SSL</value><value>STARTTLS</value></choice></element>
              <element name="username"><text/></element>
              <oneOrMore><element name="authentication"><choice><value>password-cleartext</value><value>OAuth2</value></choice></element></oneOrMore>
            </interleave>
          </define>
        </grammar>
        """;
}
