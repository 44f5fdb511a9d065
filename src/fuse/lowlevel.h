// src/fuse/lowlevel.h: libfuse's low-level API, at the version we write for.
#pragma once

#define FUSE_USE_VERSION 314
#include <fuse_lowlevel.h>
