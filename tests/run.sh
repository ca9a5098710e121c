#!/usr/bin/env bash
# The one test command. Installs what is missing, builds with warnings as errors, runs the tests, and ends with the line
# "N passed, N failed".
#
#   tests/run.sh          everything
#   tests/run.sh fast     tests/Modus.Tests alone: in memory, under a minute, no Debian packages needed
#   tests/run.sh e2e      tests/Modus.EndToEnd.Tests alone
#
# CI=true: packages are restored in locked mode, and a skipped test is a failed one.
set -uo pipefail
cd "$(dirname "$0")/.."

passed=0
failed=0
finish() {
  local code=$?
  if [ "$failed" -gt 0 ] || [ "$passed" -eq 0 ]; then code=1; fi
  echo "$passed passed, $failed failed"
  exit "$code"
}
trap finish EXIT

stop() {
  echo "run.sh: $*" >&2
  exit 1
}

in_ci() { [ "${CI:-}" = true ]; }

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
export DOTNET_CLI_UI_LANGUAGE=en

# --- what to run -----------------------------------------------------------------------------------------------------
case "${1:-all}" in
  all) projects=(Modus.Tests Modus.EndToEnd.Tests); target=Modus.Kestrel.sln ;;
  fast) projects=(Modus.Tests); target=tests/Modus.Tests/Modus.Tests.csproj ;;
  e2e) projects=(Modus.EndToEnd.Tests); target=tests/Modus.EndToEnd.Tests/Modus.EndToEnd.Tests.csproj ;;
  *) stop "unknown argument '$1'; say nothing, fast or e2e" ;;
esac

# --- what the machine needs ------------------------------------------------------------------------------------------
command -v dotnet > /dev/null || stop "the .NET SDK is missing; global.json names the version (https://dot.net/download)"
dotnet --version > /dev/null || stop "the .NET SDK does not satisfy global.json"

# Mail clients that we did not write, and that a person would try first. Package, the test for it, and what it is for.
missing=()
need() {
  local package=$1 why=$2
  shift 2
  "$@" > /dev/null 2>&1 && return
  echo "run.sh: installing $package: $why"
  missing+=("$package")
}

if [ "${1:-all}" != fast ]; then
  need openssl "s_client as a TLS client with chosen versions, ciphers and names" command -v openssl
  need curl "an SMTP, POP3 and IMAP client" command -v curl
  need libxml2-utils "xmllint, which checks XML against a schema" command -v xmllint
  need swaks "an SMTP client that shows the conversation" command -v swaks
  need isync "mbsync, which keeps folders and an IMAP account the same" command -v mbsync
  need neomutt "a mail program that reads IMAP" command -v neomutt
  need knot "an authoritative name server" command -v knotd
  need postfix "a mail server of the world, to send to and to take from" test -x /usr/sbin/postfix
  need knot-dnssecutils "kzonesign, which signs zones" command -v kzonesign
  need python3-spf "the test suite for SPF (RFC 7208), in its documentation" test -e /usr/share/doc/python3-spf/rfc7208-tests.yml.gz
  need python3-yaml "reads that suite" python3 -c "import yaml"
  need libgnutls-dane0 "the library of Exim, a second mail server of the world" sh -c "ldconfig -p | grep -q libgnutls-dane"
  need libdb5.3 "another of Exim's" sh -c "ldconfig -p | grep -q libdb-5.3"
  need libidn12 "another of Exim's" sh -c "ldconfig -p | grep -q 'libidn.so.12'"
  need libpcre2-8-0 "another of Exim's" sh -c "ldconfig -p | grep -q libpcre2-8"
  need libnsl2 "another of Exim's" sh -c "ldconfig -p | grep -q 'libnsl.so.2'"
  need procps "pkill, which ends Exim" command -v pkill
  need libnet-ssleay-perl "TLS for swaks" perl -MNet::SSLeay -e 1
fi

# --no-remove: Postfix would put another mail server of this machine out.
install() { "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-remove --no-install-recommends -y "${missing[@]}"; }

if [ "${#missing[@]}" -gt 0 ]; then
  command -v apt-get > /dev/null || stop "no apt-get here; install by hand: ${missing[*]}"
  root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo > /dev/null || stop "neither root nor sudo; install by hand: ${missing[*]}"
    root=(sudo)
  fi
  # The package lists of a fresh machine are empty or old: renewed only when the first try fails.
  install > /dev/null 2>&1 \
    || { echo "run.sh: renewing the package lists (apt-get update)"; "${root[@]}" apt-get -qq update && install > /dev/null; } \
    || stop "could not install ${missing[*]}"

  # Only the tests' own Postfix shall run: that of the package would take port 25.
  if [[ " ${missing[*]} " == *" postfix "* ]] && [ -d /run/systemd/system ]; then
    "${root[@]}" systemctl -q disable --now postfix || true
  fi
fi

# Exim and Postfix cannot both be installed. The tests need Exim's program alone, and the account whose name is compiled into it.
fetch_exim() {
  local folder=artifacts/exim
  [ -x "$folder/usr/sbin/exim4" ] && id Debian-exim > /dev/null 2>&1 && return
  echo "run.sh: fetching exim4-daemon-light: another mail server of the world, with GnuTLS"
  local root=()
  [ "$(id -u)" -eq 0 ] || root=(sudo)
  id Debian-exim > /dev/null 2>&1 \
    || "${root[@]}" useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin Debian-exim || return
  mkdir -p "$folder"
  (cd "$folder" && { apt-get -qq download exim4-daemon-light || { "${root[@]}" apt-get -qq update && apt-get -qq download exim4-daemon-light; }; }) \
    > /dev/null 2>&1 || return
  dpkg -x "$folder"/exim4-daemon-light_*.deb "$folder" && chmod 755 "$folder/usr/sbin/exim4" # it comes setuid root, which the tests do not need
}

if [ "${1:-all}" != fast ]; then fetch_exim || stop "could not fetch exim4-daemon-light"; fi

# --- build -----------------------------------------------------------------------------------------------------------
restore=()
build=(-warnaserror)
if in_ci; then
  restore+=(--locked-mode)
  build+=(--disable-build-servers)
fi
echo "run.sh: restoring"
dotnet restore "$target" -v quiet "${restore[@]}" || stop "the packages could not be restored"
echo "run.sh: building"
dotnet build "$target" -c Release --no-restore -v quiet "${build[@]}" || stop "the build failed"

# --- test ------------------------------------------------------------------------------------------------------------
# Each test project is a program of its own. Run as such it says which test failed and why, and leaves a report whose
# counts are added up; a program that dies without a report is one failure.
results=artifacts/tests
mkdir -p "$results"
options=(-noColor -noLogo -longRunning 60)
if in_ci; then options+=(-failSkips); fi

count() { # the sum of an attribute over the assemblies of a report
  grep -o '<assembly [^>]*' "$1" | grep -o " $2=\"[0-9]*\"" | tr -dc '0-9\n' | awk '{ n += $1 } END { print n + 0 }'
}

for project in "${projects[@]}"; do
  report="$results/$project.xml"
  rm -f "$report"
  echo "run.sh: $project"
  timeout --kill-after=30 2400 dotnet "tests/$project/bin/Release/net10.0/$project.dll" "${options[@]}" -result-xml "$report"
  code=$?
  if [ ! -s "$report" ]; then
    echo "run.sh: $project ended with code $code and left no report" >&2
    failed=$((failed + 1))
    continue
  fi
  bad=$(($(count "$report" failed) + $(count "$report" errors)))
  if in_ci; then bad=$((bad + $(count "$report" skipped))); fi
  if [ "$bad" -eq 0 ] && [ "$code" -ne 0 ]; then
    echo "run.sh: $project ended with code $code though no test failed" >&2
    bad=1
  fi
  passed=$((passed + $(count "$report" passed)))
  failed=$((failed + bad))
  grep -o '<test [^>]*result="Fail"' "$report" | sed -E 's/.* name="([^"]*)".*/run.sh: failed: \1/' || true # no match is good news
done
