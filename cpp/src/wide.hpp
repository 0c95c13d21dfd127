#pragma once

/// TASSEI_WIDE before a function: it is compiled twice, and processors with wide registers run the version
/// that uses them. Both compute the same bits. Where compiler or system cannot choose at load time, once.
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define TASSEI_WIDE __attribute__((target_clones("arch=haswell", "default")))
#else
#define TASSEI_WIDE
#endif

/// Asks for memory that is read soon.
#if defined(__GNUC__) || defined(__clang__)
#define TASSEI_READ_SOON(address) __builtin_prefetch(address)
#else
#define TASSEI_READ_SOON(address) static_cast<void>(address)
#endif
