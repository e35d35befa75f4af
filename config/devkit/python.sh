#!/bin/sh
# Prints the first Python this project can run on (3.11 or newer), or says in one sentence what is missing.
for name in "${PYTHON:-}" python3.11 python3.12 python3.13 python3.14 python3; do
    [ -n "$name" ] || continue
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        echo "$name"
        exit 0
    fi
done
echo "Stopped: Python 3.11 or newer was not found. Install it (python.org, or apt install python3 python3-venv python3-dev) and try again." >&2
exit 1
