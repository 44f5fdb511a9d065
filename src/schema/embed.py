#!/usr/bin/env python3
# src/schema/embed.py OUTPUT FILE...
#
# Writes shipped.cpp, which holds the files as they are.
import pathlib
import sys


def literal(text):
    # Compilers take no literal of any length; neighbours are one.
    pieces = [text[at : at + 8000] for at in range(0, len(text), 8000)]
    return "\n".join(f'R"~~({piece})~~"' for piece in pieces)


def main():
    output, *files = map(pathlib.Path, sys.argv[1:])
    entries = "".join(
        f'    {{"{file.name}",\n{literal(file.read_text())}}},\n' for file in files
    )
    output.write_text(
        '#include "src/schema/shipped.h"\n\n'
        "namespace platter::schema {\n\n"
        "std::span<const Shipped> shipped() noexcept {\n"
        f"  static constexpr Shipped kShipped[] = {{\n{entries}  }};\n"
        "  return kShipped;\n"
        "}\n\n"
        "}  // namespace platter::schema\n"
    )


main()
