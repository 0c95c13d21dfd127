#pragma once

#include <atomic>
#include <cstdint>

/// How far a long run has come, for another thread to see, and that thread's wish that it ends.
namespace tassei {

struct Watch {
    std::atomic<std::int64_t> total{0};  ///< things to do, of those begun so far
    std::atomic<std::int64_t> done{0};
    std::atomic<bool> stop{false};
};

/// Thrown out of a run that was asked to stop. Nothing is wrong with it.
struct Stopped {};

// Its place is made with the thread: made at first use, as is usual in a library, it would end the
// process where memory has run out.
#if defined(__GNUC__) && defined(__ELF__)
#define TASSEI_WITH_THE_THREAD __attribute__((tls_model("initial-exec")))
#else
#define TASSEI_WITH_THE_THREAD
#endif

/// The watch over what this thread does, or nullptr. Threads that it starts take it over.
inline Watch*& current_watch() {
    TASSEI_WITH_THE_THREAD thread_local Watch* watch = nullptr;
    return watch;
}

/// Throws Stopped where that was wished.
inline void heed() {
    const auto* watch = current_watch();
    if (watch != nullptr && watch->stop.load(std::memory_order_relaxed)) throw Stopped{};
}

/// Says that some more things are done; throws Stopped where that was wished.
inline void pulse(std::int64_t things = 1) {
    if (auto* watch = current_watch()) {
        watch->done.fetch_add(things, std::memory_order_relaxed);
        heed();
    }
}

}  // namespace tassei
