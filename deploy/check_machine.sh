#!/bin/sh
# Says what this machine lacks, before anything is set up.
set -eu
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
  { echo "Praxispost needs Python 3.11 or newer as python3." >&2; exit 1; }
python3 -c 'import venv, ensurepip' 2>/dev/null ||
  { echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
command -v npm >/dev/null && node -e 'const [a, b] = process.versions.node.split("."); process.exit(+a > 20 || (+a === 20 && +b >= 19) ? 0 : 1)' ||
  { echo "Praxispost needs Node.js 20.19 or newer, with npm." >&2; exit 1; }
