#!/bin/sh
# Writes the lock files: exact versions and hashes, no address of any index or registry in them.
set -eu
for name in requirements requirements-model requirements-dev requirements-bench requirements-node; do
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-emit-package torch \
        --custom-compile-command "make lock" "$name.in" -o "$name.txt"
    echo "  $name.txt"
done
# In an empty folder: npm leaves out the packages of other platforms when it sees node_modules.
for folder in . bench/room/peers/node; do
    scratch=$(mktemp -d)
    cp "$folder/package.json" .npmrc "$scratch"
    (cd "$scratch" && npm install --package-lock-only --silent)
    cp "$scratch/package-lock.json" "$folder/package-lock.json"
    rm -r "$scratch"
    echo "  $folder/package-lock.json"
done
