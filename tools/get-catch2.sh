#!/bin/sh
# Makes Catch2 findable: the system's, else Debian's package, unpacked into a folder where there is no root.
set -eu
folder=$1

found() {
    probe=$(mktemp -d)
    printf 'cmake_minimum_required(VERSION 3.24)\nproject(probe LANGUAGES CXX)\nfind_package(Catch2 REQUIRED)\n' \
        > "$probe/CMakeLists.txt"
    cmake -S "$probe" -B "$probe/build" -DCMAKE_PREFIX_PATH="$folder/usr" > /dev/null 2>&1 && code=0 || code=1
    rm -rf "$probe"
    return $code
}

found && exit 0
echo "installing Catch2"
if command -v apt-get > /dev/null 2>&1; then
    if [ "$(id -u)" = 0 ]; then
        export DEBIAN_FRONTEND=noninteractive
        apt-get install -y -qq catch2 > /dev/null 2>&1 ||
            { apt-get update -qq && apt-get install -y -qq catch2 > /dev/null; }
    else
        mkdir -p "$folder"
        (cd "$folder" && apt-get download -qq catch2 && for package in *.deb; do dpkg -x "$package" .; done)
    fi
elif command -v brew > /dev/null 2>&1; then
    brew install catch2
fi
found && exit 0
echo "Catch2 (2.13 or newer) was not found: install it with your system's package manager" >&2
exit 1
