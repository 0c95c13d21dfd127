#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include "bindings.hpp"
#include "tassei/watch.hpp"

namespace tassei::bindings {

/// Runs something long on another thread, while this one, which may be Python's main thread, minds Ctrl-C
/// and, after half a second, shows how far it has come. Both go on without the GIL.
class Watched {
public:
    template <class Run>
    auto operator()(const char* what, const Run& run) -> decltype(run()) {
        std::optional<decltype(run())> result;
        std::thread runner;
        try {
            runner = std::thread([&] {
                current_watch() = &watch_;
                try {
                    result = run();
                } catch (...) {
                    failure_ = std::current_exception();
                }
                const std::lock_guard lock(mutex_);
                ended_ = true;
                changed_.notify_one();
            });
        } catch (const std::system_error&) {  // no thread is to be had: it goes without watching
            const py::gil_scoped_release release;
            return run();
        }
        try {
            attend(what);
        } catch (...) {
            watch_.stop = true;
            const py::gil_scoped_release release;
            runner.join();
            throw;
        }
        runner.join();
        if (failure_) std::rethrow_exception(failure_);
        return std::move(*result);
    }

private:
    using Clock = std::chrono::steady_clock;

    void attend(const char* what) {
        using namespace std::chrono_literals;
        const auto start = Clock::now();
        py::object bar;
        while (!wait(50ms)) {
            if (PyErr_CheckSignals() != 0) throw py::error_already_set();
            if (Clock::now() - start < 500ms || watch_.total.load() == 0) continue;
            if (!bar) bar = py::module_::import("tassei.progress").attr("bar")(what);
            bar.attr("show")(watch_.done.load(), watch_.total.load());
        }
        if (bar) bar.attr("close")();
    }

    bool wait(std::chrono::milliseconds time) {
        const py::gil_scoped_release release;
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, time, [&] { return ended_; });
    }

    Watch watch_;
    std::exception_ptr failure_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool ended_ = false;
};

/// Watches a run over so many persons; over few it is not worth a thread.
template <class Run>
auto watched(const char* what, std::int64_t persons, const Run& run) -> decltype(run()) {
    if (persons >= 1000) return Watched()(what, run);
    const py::gil_scoped_release release;
    return run();
}

}  // namespace tassei::bindings
