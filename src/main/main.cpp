// src/main/main.cpp: the program `platter`.
#include "platter/cli/command_line.h"

int main(int argc, char** argv) { return platter::cli::run(argc, argv); }
