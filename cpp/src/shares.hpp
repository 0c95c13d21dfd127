#pragma once

#include <algorithm>
#include <cstdint>
#include <exception>
#include <thread>
#include <vector>

#include "tassei/watch.hpp"

namespace tassei {

/// Runs `work(first, last)` for consecutive shares of `count` things, a thread each; 0 threads: all
/// cores. The first failure is thrown on when all threads have ended. `work` calls `pulse()` for each
/// thing, so that it can be watched and stopped.
template <class Work>
void in_shares(std::int64_t count, int threads, const Work& work) {
    const auto wanted = threads > 0 ? threads : static_cast<int>(std::thread::hardware_concurrency());
    const auto shares = std::clamp<std::int64_t>(wanted, 1, std::max<std::int64_t>(count, 1));
    std::vector<std::exception_ptr> failures(static_cast<std::size_t>(shares));
    auto* const watch = current_watch();
    if (watch != nullptr) watch->total.fetch_add(count, std::memory_order_relaxed);
    const auto share = [&](std::int64_t t) {
        current_watch() = watch;
        try {
            work(t * count / shares, (t + 1) * count / shares);
        } catch (...) {
            failures[static_cast<std::size_t>(t)] = std::current_exception();
        }
    };
    std::vector<std::thread> others;  // not every standard library has std::jthread; nothing below throws
    others.reserve(static_cast<std::size_t>(shares - 1));
    auto begun = std::int64_t{1};
    try {
        for (; begun < shares; ++begun) others.emplace_back(share, begun);
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch)
        // no more threads are to be had: this one does what is left
    }
    share(0);
    for (auto t = begun; t < shares; ++t) share(t);
    for (auto& other : others) other.join();
    for (const auto& failure : failures)
        if (failure) std::rethrow_exception(failure);
}

}  // namespace tassei
