#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

/// What is fuzzed: each target takes any bytes, and may throw nothing but the core's own errors, which it
/// catches itself. What it finds wrong it throws as a Wrong.
namespace fuzz {

using Bytes = std::span<const std::uint8_t>;

void arrow(Bytes bytes);
void plan(Bytes bytes);
void text(Bytes bytes);

struct Wrong : std::logic_error {
    using std::logic_error::logic_error;
};

inline void expect(bool holds, const char* what) {
    if (!holds) throw Wrong(what);
}

/// Decisions, taken from bytes; zeros when they have run out.
class Decisions {
public:
    explicit Decisions(Bytes bytes) : bytes_(bytes) {}

    template <class T>
    T any() {
        T value{};
        const auto size = std::min(sizeof(T), bytes_.size());
        if (size > 0) std::memcpy(&value, bytes_.data(), size);
        bytes_ = bytes_.subspan(size);
        return value;
    }
    /// From `low` to `high`, both included.
    int pick(int low, int high) { return low + any<std::uint8_t>() % (high - low + 1); }
    /// Once in `n`; 0 means no, so that short inputs are plain ones.
    bool rarely(int n) { return pick(0, n - 1) == n - 1; }
    std::string text(std::size_t size) {
        const auto taken = bytes_.first(std::min(size, bytes_.size()));
        bytes_ = bytes_.subspan(taken.size());
        return {taken.begin(), taken.end()};
    }
    [[nodiscard]] bool over() const { return bytes_.empty(); }

private:
    Bytes bytes_;
};

}  // namespace fuzz
