# Modus on Microsoft's images; docs/installation.md says how it is run. The second image has no shell and no package manager.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY .editorconfig global.json Directory.Build.props Directory.Packages.props README.md ./
COPY src/ src/
RUN dotnet publish src/Modus.Server --configuration Release --output /modus \
 && install -d -m 0700 /data

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
COPY --from=build /modus /opt/modus
# A new volume gets owner and mode of this folder.
COPY --from=build --chown=1654:1654 /data /var/lib/modus
COPY LICENSE /opt/modus/LICENSE
# The account "app" of the image, by number, so that orchestrators can see that it is not root.
USER 1654:1654
# No port for debuggers: whoever may speak to it reads keys and mail.
ENV DOTNET_EnableDiagnostics=0 \
    HOME=/var/lib/modus \
    PATH=/opt/modus:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
EXPOSE 25 110 143 443 465 587 993 995
VOLUME /var/lib/modus
STOPSIGNAL SIGTERM
# A start after a crash may read the whole store first.
HEALTHCHECK --interval=60s --timeout=15s --start-period=15m --retries=3 CMD ["/opt/modus/modus", "health"]
ENTRYPOINT ["/opt/modus/modus"]
CMD ["run"]
